using Realtime.Node.Cluster;
using Realtime.Node.Operations;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store.Sqlite;

namespace Realtime.Tests.Hosting;

/// <summary>How far a node is between its start and its end.</summary>
public sealed class NodeReadinessTests
{
    [Fact]
    public async Task A_phase_never_goes_back()
    {
        await using var store = new SqliteEventStore(new SqliteEventStoreOptions(Path: null));
        var readiness = new NodeReadiness(new Journals(store, new JournalOptions(), TimeProvider.System), new ClusterStanding());
        readiness.Obstacles().ShouldBe(["The node is starting."]);
        readiness.MoveTo(NodePhase.Draining);
        readiness.MoveTo(NodePhase.Serving);
        readiness.Phase.ShouldBe(NodePhase.Draining);
    }
}
