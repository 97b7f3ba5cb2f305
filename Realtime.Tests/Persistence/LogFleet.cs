using System.Text;
using Akka.Actor;
using LinqToDB.Data;
using LinqToDB.Mapping;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Core;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Serialization;
using Realtime.Node.Persistence.Store;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>Many logs on one store, as a node has them, and a check of their answers against the rows.</summary>
internal sealed class LogFleet(EventStoreCase stage)
{
    private readonly Dictionary<string, IActorRef> _logs = [];

    public AppendLedger Ledger { get; } = new();

    /// <param name="appends">Of each log, before it stops by itself.</param>
    public void Start(string name, int count, int appends = int.MaxValue)
    {
        var journal = stage.Channels;
        var settings = new EventLogSettings(LogKind.Channel, new Incarnation(1), new StoreTimeline(stage.Store), stage.Store.Lease)
        {
            JournalPluginId = journal.PluginId,
            SnapshotPluginId = journal.SnapshotPluginId,
            Gate = journal.Gate,
            Backoff = new LogBackoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(200)),
        };
        for (var i = 0; i < count; i++)
        {
            var log = $"c-{name}-{i}";
            _logs.Add(log, stage.System.ActorOf(Props.Create<AppendingLog>(log, settings, Ledger, appends)));
        }
    }

    /// <summary>Ends the writing and compares every answer with the rows.</summary>
    public async Task CheckAsync()
    {
        foreach (var log in _logs.Values)
        {
            log.Tell(AppendingLog.Enough.Instance);
        }

        await Soon.IsTrueAsync(() => Ledger.Open == 0, "all answers");
        var written = new List<string>();
        foreach (var rows in (await ReadAsync()).Where(row => _logs.ContainsKey(row.PersistenceId)).GroupBy(row => row.PersistenceId))
        {
            var offset = 0L;
            foreach (var logged in rows.SelectMany(row => EventCodec.Read(row.Message).Body is JournalEvent.ChannelAppended body ? body.Messages : []))
            {
                logged.Message.Offset.ShouldBe(++offset, $"{rows.Key} has a hole");
                written.Add(Encoding.UTF8.GetString(logged.Message.Payload.Bytes.Span));
            }
        }

        written.ShouldBeUnique();
        written.Order(StringComparer.Ordinal).ShouldBe(Ledger.Committed.Order(StringComparer.Ordinal), "exactly what was called committed is there");
    }

    private async Task<List<Row>> ReadAsync()
    {
        await using var connection = new DataConnection(stage.Store.DataOptions);
        return [.. await connection.QueryToListAsync<Row>(
            $"SELECT persistence_id, message FROM {stage.Table(EventTable.Channels)} ORDER BY persistence_id, sequence_number",
            TestContext.Current.CancellationToken)];
    }

    private sealed class Row
    {
        [Column("persistence_id")]
        public string PersistenceId { get; set; } = "";

        [Column("message")]
        public byte[] Message { get; set; } = [];
    }
}
