using LinqToDB.Data;
using LinqToDB.Mapping;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Serialization;
using Realtime.Node.Persistence.Store;
using Realtime.Tests.StoreChild;

namespace Realtime.Tests.Persistence;

/// <summary>Judges the rows that a killed child has left, past the journal and the logs.</summary>
internal sealed class StoreRows(EventStore store)
{
    /// <returns>Head and tail, and how many of its rows are deleted.</returns>
    public async Task<(long Head, long Tail, long Deleted)> CheckChannelAsync(ChannelName channel, IReadOnlyList<(long Through, long Life)> acknowledged)
    {
        var rows = await ReadAsync(EventTable.Channels, EntityIds.LogOf(channel));
        CheckOwners(rows);
        rows.Select(row => row.Event.Epoch).Distinct().Count().ShouldBeLessThanOrEqualTo(1, $"{channel} has begun a new epoch");
        var appended = rows.Select(row => row.Event.Body).OfType<JournalEvent.ChannelAppended>().ToList();
        var messages = appended.SelectMany(body => body.Messages).Select(logged => logged.Message).ToList();
        var first = messages.Count > 0 ? messages[0].Offset : 1;
        var head = first + messages.Count - 1;
        var tail = Math.Max(1, appended.Max(body => body.Tail) ?? 1);
        messages.Select(message => message.Offset).ShouldBe(Enumerable.Range(0, messages.Count).Select(i => first + i), $"{channel} has holes or repeats");
        first.ShouldBeLessThanOrEqualTo(tail, $"{channel} has lost messages that it keeps");
        foreach (var message in messages)
        {
            CheckMessage(channel, message);
        }

        head.ShouldBeGreaterThanOrEqualTo(acknowledged.Select(append => append.Through).DefaultIfEmpty().Max(), $"{channel} has lost its acknowledged end");
        (head % Workload.Group).ShouldBe(0, $"{channel} has half an append");
        foreach (var (through, life) in acknowledged.Where(append => append.Through >= first + Workload.Group - 1))
        {
            for (var offset = through - Workload.Group + 1; offset <= through; offset++)
            {
                Workload.LifeOf(messages[(int)(offset - first)]).ShouldBe(life, $"{channel} has another message at {offset} than was acknowledged");
            }
        }

        return (head, tail, rows.Count > 0 ? rows[0].SequenceNumber - 1 : 0);
    }

    /// <returns>The last revision.</returns>
    public async Task<long> CheckSessionAsync(SessionId session, IReadOnlyList<(long Through, long Life)> acknowledged)
    {
        var rows = await ReadAsync(EventTable.Sessions, EntityIds.LogOf(session));
        CheckOwners(rows);
        long? last = null;
        foreach (var (_, logged) in rows)
        {
            var isCopy = logged.Body is JournalEvent.Opened;
            var record = ((logged.Body as JournalEvent.Opened)?.Kept ?? logged.Body).ShouldBeOfType<JournalEvent.SessionSaved>().Record;
            (last is null || record.Attempt == last + (isCopy ? 0 : 1)).ShouldBeTrue($"revision {record.Attempt} follows {last}");
            last = record.Attempt;
            if (acknowledged.FirstOrDefault(append => append.Through == record.Attempt) is (> 0, var life))
            {
                record.Ordinal.ShouldBe(life, $"revision {last} is another one than was acknowledged");
            }
        }

        (last ?? 0).ShouldBeGreaterThanOrEqualTo(acknowledged.Select(append => append.Through).DefaultIfEmpty().Max(), "the session lost an acknowledged write");
        return last ?? 0;
    }

    private static void CheckMessage(ChannelName channel, LogMessage message)
    {
        var expected = Workload.Message(channel, message.Offset, Workload.LifeOf(message));
        (message == (expected with { Tags = message.Tags })).ShouldBeTrue($"{channel} has other bytes at {message.Offset}");
    }

    /// <summary>Numbers without a hole, owners that change by a fence only, and each append once and in order.</summary>
    private static void CheckOwners(IReadOnlyList<(long SequenceNumber, LoggedEvent Event)> rows)
    {
        var appends = new Dictionary<ulong, long>();
        for (var i = 0; i < rows.Count; i++)
        {
            var (number, logged) = rows[i];
            number.ShouldBe(rows[0].SequenceNumber + i);
            if (i > 0 && logged.Origin.Writer != rows[i - 1].Event.Origin.Writer)
            {
                logged.Body.ShouldBeOfType<JournalEvent.Opened>($"row {number} is of another writer than the one before");
            }

            if (logged.Origin.Appends > 0)
            {
                logged.Origin.FirstAppend.ShouldBeGreaterThan(appends.GetValueOrDefault(logged.Origin.Instance), $"row {number} repeats an append");
                appends[logged.Origin.Instance] = logged.Origin.LastAppend;
            }
        }
    }

    private async Task<IReadOnlyList<(long SequenceNumber, LoggedEvent Event)>> ReadAsync(EventTable table, string persistenceId)
    {
        await using var connection = new DataConnection(store.DataOptions);
        var name = store.Schema is { } schema ? $"{schema}.{table.Name}" : table.Name;
        var rows = await connection.QueryToListAsync<Row>(
            $"SELECT sequence_number, message FROM {name} WHERE persistence_id = @id ORDER BY sequence_number",
            TestContext.Current.CancellationToken,
            new DataParameter("id", persistenceId));
        return [.. rows.Select(row => (row.SequenceNumber, EventCodec.Read(row.Message)))];
    }

    private sealed class Row
    {
        [Column("sequence_number")]
        public long SequenceNumber { get; set; }

        [Column("message")]
        public byte[] Message { get; set; } = [];
    }
}
