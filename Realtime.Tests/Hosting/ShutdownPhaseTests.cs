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

namespace Realtime.Tests.Hosting;

[Collection(ActorSystems.Name)]
public sealed class ShutdownPhaseTests : ILogger<NodeShutdown>
{
    private readonly List<string> _log = [];

    [Fact]
    public async Task Connections_go_first_and_the_node_leaves_last()
    {
        await StopAsync(CancellationToken.None);

        _log.Where(line => line.StartsWith("Now ", StringComparison.Ordinal)).Select(line => line[4..].Split(',')[0])
            .ShouldBe(["saying goodbye", "leaving the cluster"]);
        _log[^1].ShouldStartWith("Stopped after");
    }

    [Fact]
    public async Task In_a_hurry_nothing_is_waited_for_and_the_node_still_leaves()
    {
        await StopAsync(new CancellationToken(canceled: true));

        _log.ShouldContain(line => line.StartsWith("Done with leaving the cluster", StringComparison.Ordinal));
        _log[^1].ShouldStartWith("Not everything was stopped");
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _log.Add(formatter(state, exception));

    private async Task StopAsync(CancellationToken hurry)
    {
        var settings = TestNode.Settings;
        await using var store = new SqliteEventStore(new SqliteEventStoreOptions(Path: null));
        var journals = new Journals(store, new JournalOptions(), TimeProvider.System);
        var standing = new ClusterStanding();
        using var metrics = new NodeInstruments(NodeLabels.Of(settings), TimeProvider.System);
        await using var runtime = new NodeRuntime(
            settings, journals, new NoTokenVerifier(), standing, metrics, TimeProvider.System, NullLoggerFactory.Instance);
        await runtime.StartAsync(CancellationToken.None);
        var readiness = new NodeReadiness(journals, standing);

        await new NodeShutdown(runtime, readiness, settings, TimeProvider.System, this).DrainAsync(hurry);

        readiness.Phase.ShouldBe(NodePhase.Stopped);
    }
}
