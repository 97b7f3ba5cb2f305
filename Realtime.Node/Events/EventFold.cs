using System.Globalization;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Events;

/// <summary>
/// Makes events of the reports on one outbox, in their order: an event where things stand other than they stood before, nothing where they stand the same. So what an entity reports twice, or again
/// after its owner has died, is one event; and an event's id, the place of its report, is the same for whoever reads the log.
/// </summary>
/// <remarks>It holds who is open, which channels are occupied and who is present, as far as anybody wants to know of them. Its state belongs to a place on the log and is saved with it.</remarks>
internal sealed class EventFold
{
    private readonly Dictionary<SessionId, EventReport> _open = [];
    private readonly HashSet<ChannelName> _occupied = [];
    private readonly Dictionary<ChannelName, Dictionary<SessionId, EventReport>> _present = [];

    public IReadOnlyCollection<ChannelName> Occupied => _occupied;

    public IReadOnlyCollection<ChannelName> WithMembers => _present.Keys;

    public IReadOnlyCollection<SessionId> Open => _open.Keys;

    /// <summary>Who is present on the channel.</summary>
    public IReadOnlyCollection<SessionId> MembersOf(ChannelName channel) => _present.TryGetValue(channel, out var members) ? members.Keys : [];

    /// <param name="place">Of the report on its log.</param>
    /// <param name="at">When it was written, in milliseconds since 1970.</param>
    /// <returns>Null: nothing is another than it was.</returns>
    public ApplicationEvent? Take(OutboxPartition partition, StreamPosition place, long at, EventReport report) => Changes(report) is { } change
        ? new ApplicationEvent(
            string.Create(CultureInfo.InvariantCulture, $"{partition.Number}-{place.Epoch}-{place.Offset}"), change.Kind, at, change.Channel, change.Session, change.User, change.Data, change.Reason)
        : null;

    /// <summary>How things stand, as reports that bring an empty one to the same.</summary>
    public IEnumerable<EventReport> Save() =>
    [
        .. _open.Values,
        .. _occupied.Select(channel => new EventReport(EventKind.ChannelOccupied, channel, default, null)),
        .. _present.Values.SelectMany(members => members.Values),
    ];

    public static EventFold Restore(IEnumerable<EventReport> saved)
    {
        var fold = new EventFold();
        foreach (var report in saved)
        {
            fold.Changes(report);
        }

        return fold;
    }

    /// <returns>The report with what it changes, and with what was known of whom it is about; null: it changes nothing.</returns>
    private EventReport? Changes(EventReport report) => report switch
    {
        { Kind: EventKind.SessionOpened } => _open.TryAdd(report.Session, report) ? report : null,

        // Who reports that a session is over may not know it any more.
        { Kind: EventKind.SessionClosed } => _open.Remove(report.Session, out var opened) ? report with { User = report.User ?? opened.User } : null,
        { Kind: EventKind.ChannelOccupied, Channel: { } channel } => _occupied.Add(channel) ? report : null,
        { Kind: EventKind.ChannelVacated, Channel: { } channel } => _occupied.Remove(channel) ? report : null,
        { Kind: EventKind.MemberJoined or EventKind.MemberChanged, Channel: { } channel } => Present(channel, report),
        { Kind: EventKind.MemberLeft, Channel: { } channel } => Left(channel, report),
        _ => null,
    };

    private EventReport? Present(ChannelName channel, EventReport report)
    {
        if (!_present.TryGetValue(channel, out var members))
        {
            _present.Add(channel, members = []);
        }

        var isKnown = members.TryGetValue(report.Session, out var before);
        members[report.Session] = report with { Kind = EventKind.MemberJoined };
        return isKnown && before!.Data == report.Data ? null : report with { Kind = isKnown ? EventKind.MemberChanged : EventKind.MemberJoined };
    }

    private EventReport? Left(ChannelName channel, EventReport report)
    {
        if (!_present.TryGetValue(channel, out var members) || !members.Remove(report.Session, out var before))
        {
            return null;
        }

        if (members.Count == 0)
        {
            _present.Remove(channel);
        }

        return report with { User = report.User ?? before.User, Data = before.Data };
    }
}
