using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted.Events;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Store;

/// <summary>Present sessions of a SQL store.</summary>
public sealed class SqlPresentSessions(EventStore store) : IPresentSessions
{
    public async Task<PresentSessionPage> ReadAsync(
        DateTimeOffset touchedAfter, SessionLogCursor after, int most, CancellationToken cancellation = default)
    {
        // A row is never older than the record in it; one that copies a record into a newer row is younger.
        var rows = await SessionRow.ReadAsync(store, touchedAfter.UtcTicks, after, most, cancellation);
        var since = touchedAfter.ToUnixTimeMilliseconds();
        var sessions = new List<PresentSession>();
        foreach (var row in rows)
        {
            if (row.TryRead(out var session, out var says) && says is JournalEvent.SessionSaved { Record: { Parked: false } record }
                && record.Touched > since && PresenceOf(record) is { Count: > 0 } presence)
            {
                sessions.Add(new PresentSession(
                    session, new Attachment(record.Attempt, record.Ordinal), record.HasUser ? new UserId(record.User) : null, presence));
            }
        }

        return new PresentSessionPage(sessions, SessionRow.NextAfter(rows, most));
    }

    private static List<RecordedPresence> PresenceOf(SessionRecord record) =>
    [
        .. record.Subscriptions.Where(subscription => subscription.Presence is not null).Select(subscription => new RecordedPresence(
            ChannelName.FromStore(subscription.Channel), new Payload(subscription.Presence.Bytes.Memory, subscription.Presence.Binary))),
    ];
}
