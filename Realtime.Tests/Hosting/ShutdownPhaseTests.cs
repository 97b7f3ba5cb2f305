using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Node.Auth;
using Realtime.Node.Cluster;
using Realtime.Node.Hosting;
using Realtime.Node.Operations;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting;

[Collection(ActorSystems.Name)]
public sealed class ShutdownPhaseTests : ILogger<NodeShutdown>
{
    private readonly List<string> _log = [];

    private IEnumerable<string> Phases =>
        _log.Where(line => line.StartsWith("Now ", StringComparison.Ordinal)).Select(line => line[4..].Split(',')[0]);

    [Fact]
    public async Task Connections_go_first_and_the_node_leaves_last()
    {
        await StopAsync(CancellationToken.None);

        Phases.ShouldBe(["saying goodbye", "leaving the cluster"]);
        _log[^1].ShouldStartWith("Stopped after");
    }

    /// <summary>A client that moves before its session would be asked to follow it, and move twice.</summary>
    [Fact]
    public async Task In_a_cluster_shards_go_before_connections()
    {
        var server = await PostgresServer.SharedAsync();
        var store = server.ConnectionString(await server.CreateDatabaseAsync());
        await using var stays = await Operations.OperatedCluster.StartMemberAsync("a", store);
        await using var stops = await Operations.OperatedCluster.StartMemberAsync("b", store);
        var runtime = stops.Services.GetRequiredService<NodeRuntime>();
        await Soon.IsTrueAsync(() => runtime.HasOtherNodes, "the other node to be heard");

        await new NodeShutdown(runtime, stops.Services.GetRequiredService<NodeReadiness>(), stops.Services.GetRequiredService<NodeSettings>(), TimeProvider.System, this)
            .DrainAsync(CancellationToken.None);

        Phases.ShouldBe(["giving shards away", "moving connections", "saying goodbye", "leaving the cluster"]);
        _log[^1].ShouldStartWith("Stopped after");
    }

    [Fact]
    public async Task In_a_hurry_nothing_is_waited_for_and_the_node_still_leaves()
    {
        await StopAsync(new CancellationToken(canceled: true));

        _log.ShouldContain(line => line.StartsWith("Done with leaving the cluster", StringComparison.Ordinal));
        _log[^1].ShouldStartWith("Not everything was stopped");
    }

    [Fact]
    public async Task A_node_that_has_lost_its_store_waits_for_what_cannot_be_answered_no_longer_than_a_moment()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "no file can be deleted under its program");
        using var directory = new TemporaryDirectory();
        var clock = new ManualClock();
        await using var store = new SqliteEventStore(new SqliteEventStoreOptions(directory.File("realtime.db")), clock);

        await StopAsync(store, () =>
        {
            File.Delete(directory.File("realtime.db"));
            clock.Advance(SqliteEventStore.LookEvery);
        }, CancellationToken.None);

        _log.ShouldContain("Now saying goodbye, for at most 00:00:01");
        _log.ShouldContain("Now leaving the cluster, for at most 00:00:02");
        _log[^1].ShouldStartWith("Stopped after");
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _log.Add(formatter(state, exception));

    private async Task StopAsync(CancellationToken hurry)
    {
        await using var store = new SqliteEventStore(new SqliteEventStoreOptions(Path: null));
        await StopAsync(store, () => { }, hurry);
    }

    /// <param name="before">Happens to the node before it stops.</param>
    private async Task StopAsync(SqliteEventStore store, Action before, CancellationToken hurry)
    {
        var settings = TestNode.Settings;
        var journals = new Journals(store, new JournalOptions(), TimeProvider.System);
        var standing = new ClusterStanding();
        using var metrics = new NodeInstruments(NodeLabels.Of(settings), TimeProvider.System);
        await using var runtime = new NodeRuntime(
            settings, journals, new NoTokenVerifier(), standing, metrics, TimeProvider.System, NullLoggerFactory.Instance);
        await runtime.StartAsync(CancellationToken.None);
        var readiness = new NodeReadiness(journals, standing);
        before();

        await new NodeShutdown(runtime, readiness, settings, TimeProvider.System, this).DrainAsync(hurry);

        readiness.Phase.ShouldBe(NodePhase.Stopped);
    }
}
