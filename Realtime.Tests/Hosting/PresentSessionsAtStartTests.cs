using System.Text;
using Google.Protobuf;
using LinqToDB.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted.Events;
using Realtime.Node.Hosting;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Serialization;
using Realtime.Node.Persistence.Store;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting;

/// <summary>What a node reads of the sessions of the process before it, before it starts anything.</summary>
[Collection(ActorSystems.Name)]
public sealed class PresentSessionsAtStartTests
{
    [Fact]
    public async Task All_pages_are_read()
    {
        await using var store = new SqliteEventStoreCase(memory: true);
        await store.StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        await InsertAsync(store, sessions: 1_201, now);

        var present = await new NodeLife(store.Journals, NullLoggerFactory.Instance)
            .ReadPresentSessionsAsync(now - TimeSpan.FromHours(1), TestContext.Current.CancellationToken).Within("the records");

        present.Select(session => (int)session.Session.Value).Order().ShouldBe(Enumerable.Range(1, 1_201));
    }

    /// <summary>All written in one instant, as a burst is.</summary>
    private static async Task InsertAsync(EventStoreCase store, int sessions, DateTimeOffset at)
    {
        var rows = new StringBuilder();
        for (var number = 1; number <= sessions; number++)
        {
            var record = new SessionRecord { Touched = at.ToUnixTimeMilliseconds() };
            record.Subscriptions.Add(new SubscriptionRecord { Channel = "chat:room", Presence = new PayloadRecord { Bytes = ByteString.CopyFromUtf8("{}") } });
            var message = EventCodec.Write(new LoggedEvent(
                new EventOrigin(new Incarnation(1), 1, 1, 1, 1), default, new JournalEvent.SessionSaved(record)));
            rows.Append(rows.Length == 0 ? "" : ",").Append(
                $"({at.UtcTicks}, {store.False}, '{EntityIds.LogOf(new SessionId((UInt128)number))}', 1, {store.Bytes(Convert.ToHexString(message))}, 'e', 1)");
        }

        await using var connection = new DataConnection(store.Store.DataOptions);
        await connection.ExecuteAsync(
            $"INSERT INTO {store.Table(EventTable.Sessions)} (created, deleted, persistence_id, sequence_number, message, manifest, identifier) VALUES {rows}",
            TestContext.Current.CancellationToken);
    }
}
