using LinqToDB.Data;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Store;

/// <summary>Idle sessions of a SQL store.</summary>
public sealed class SqlIdleSessions(EventStore store) : IIdleSessions
{
    public async Task<SweepPage<IdleSession, SessionLogCursor>> ReadAsync(
        DateTimeOffset writtenBefore, SessionLogCursor after, int most, CancellationToken cancellation = default)
    {
        var rows = await SessionRow.ReadAsync(store, from: 0, after, most, cancellation);
        var sessions = new List<IdleSession>(rows.Count);
        foreach (var row in rows)
        {
            if (row.Created >= writtenBefore.UtcTicks)
            {
                return new(sessions, Next: null);
            }

            if (row.TryRead(out var session, out var says))
            {
                sessions.Add(new IdleSession(session, row.SequenceNumber, says is JournalEvent.Ended));
            }
        }

        return new(sessions, SessionRow.NextAfter(rows, most));
    }

    public async Task ForgetAsync(IReadOnlyList<IdleSession> ended, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ended);
        var table = SessionRow.TableIn(store);
        await using var connection = new DataConnection(store.DataOptions);
        foreach (var session in ended)
        {
            await connection.ExecuteAsync(
                $"""
                DELETE FROM {table} WHERE persistence_id = @id AND NOT EXISTS (
                    SELECT 1 FROM {table} n WHERE n.persistence_id = @id AND n.sequence_number > @newest)
                """,
                cancellation,
                new DataParameter("id", EntityIds.LogOf(session.Session)),
                new DataParameter("newest", session.SequenceNr));
        }
    }
}
