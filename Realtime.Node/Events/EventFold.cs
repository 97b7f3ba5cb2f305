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
    private readonly HashSet<SessionId> _open = [];
    private readonly HashSet<ChannelName> _occupied = [];
    private readonly Dictionary<ChannelName, Dictionary<SessionId, EventReport>> _present = [];

    public IReadOnlyCollection<ChannelName> Occupied => _occupied;

    public IReadOnlyCollection<ChannelName> WithMembers => _present.Keys;

    public IReadOnlyCollection<SessionId> Open => _open;

    /// <param name="place">Of the report on its log.</param>
    /// <param name="at">When it was written, in milliseconds since 1970.</param>
    /// <returns>Null: nothing is another than it was.</returns>
    public ApplicationEvent? Take(OutboxPartition partition, StreamPosition place, long at, EventReport report) => Changes(report) switch
    {
        null => null,
        { } kind => new ApplicationEvent(
            string.Create(CultureInfo.InvariantCulture, $"{partition.Number}-{place.Epoch}-{place.Offset}"), kind, at, report.Channel, report.Session, report.User, report.Data, report.Reason),
    };

    /// <summary>How things stand, as reports that bring an empty one to the same.</summary>
    public IEnumerable<EventReport> Save() =>
    [
        .. _open.Select(session => new EventReport(EventKind.SessionOpened, null, session, null)),
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

    private EventKind? Changes(EventReport report) => report switch
    {
        { Kind: EventKind.SessionOpened } => Kept(report.Kind, _open.Add(report.Session)),
        { Kind: EventKind.SessionClosed } => Kept(report.Kind, _open.Remove(report.Session)),
        { Kind: EventKind.ChannelOccupied, Channel: { } channel } => Kept(report.Kind, _occupied.Add(channel)),
        { Kind: EventKind.ChannelVacated, Channel: { } channel } => Kept(report.Kind, _occupied.Remove(channel)),
        { Kind: EventKind.MemberJoined or EventKind.MemberChanged, Channel: { } channel } => Present(channel, report),
        { Kind: EventKind.MemberLeft, Channel: { } channel } => Kept(report.Kind, Left(channel, report.Session)),
        _ => null,
    };

    private static EventKind? Kept(EventKind kind, bool isNew) => isNew ? kind : null;

    private EventKind? Present(ChannelName channel, EventReport report)
    {
        if (!_present.TryGetValue(channel, out var members))
        {
            _present.Add(channel, members = []);
        }

        var isKnown = members.TryGetValue(report.Session, out var before);
        members[report.Session] = report with { Kind = EventKind.MemberJoined };
        return !isKnown ? EventKind.MemberJoined : before!.Data == report.Data ? null : EventKind.MemberChanged;
    }

    private bool Left(ChannelName channel, SessionId session)
    {
        if (!_present.TryGetValue(channel, out var members) || !members.Remove(session))
        {
            return false;
        }

        if (members.Count == 0)
        {
            _present.Remove(channel);
        }

        return true;
    }
}
