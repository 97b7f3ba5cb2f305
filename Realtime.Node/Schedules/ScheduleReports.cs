using Realtime.Messages.Operators;
using Realtime.Node.Schedules.Core;

namespace Realtime.Node.Schedules;

/// <summary>An entry as it is shown.</summary>
internal static class ScheduleReports
{
    private static readonly Dictionary<string, ScheduleState> States = new(StringComparer.Ordinal)
    {
        ["pending"] = ScheduleState.Pending,
        ["firing"] = ScheduleState.Firing,
        ["fired"] = ScheduleState.Fired,
        ["refused"] = ScheduleState.Refused,
        ["expired"] = ScheduleState.Expired,
        ["cancelled"] = ScheduleState.Cancelled,
        ["unknown"] = ScheduleState.Unknown,
    };

    public static bool TryState(string name, out ScheduleState state) => States.TryGetValue(name, out state);

    public static string NameOf(ScheduleState state) => state is ScheduleState.Writing or ScheduleState.Cancelling ? "pending" : state.ToString().ToLowerInvariant();

    public static ScheduleReport Of(ScheduleEntry entry) => new(
        entry.Id.ToString(),
        entry.Channel.Value,
        entry.Due,
        NameOf(entry.State),
        entry.Owner,
        entry.Size,
        entry.TimeToLive is { } ttl ? ttl / 1000.0 : null,
        entry.End?.Position,
        entry.End?.Code,
        entry.End?.Detail);
}
