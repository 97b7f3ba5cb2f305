using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Journal.Memory;
using Realtime.Node.Auth;
using Realtime.Node.Hosting;
using Realtime.Node.Operations;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Hosting;

public sealed class ShutdownPhaseTests : ILogger<NodeShutdown>
{
    private readonly List<string> _log = [];

    [Fact]
    public async Task In_a_cluster_shards_go_first_then_connections_and_the_node_leaves_last()
    {
        await StopAsync(new ClusterSettings { PeerAddress = "localhost", PeerHost = "127.0.0.1" }, CancellationToken.None);

        _log.Where(line => line.StartsWith("Now ", StringComparison.Ordinal)).Select(line => line[4..].Split(',')[0])
            .ShouldBe(["handing off shards", "moving connections", "saying goodbye", "leaving the cluster"]);
        _log[^1].ShouldStartWith("All connections closed");
    }

    [Fact]
    public async Task In_a_hurry_nothing_is_waited_for_and_the_node_still_leaves()
    {
        await StopAsync(new ClusterSettings { PeerAddress = "localhost", PeerHost = "127.0.0.1" }, new CancellationToken(canceled: true));

        _log.ShouldContain(line => line.StartsWith("Done with leaving the cluster", StringComparison.Ordinal));
        _log[^1].ShouldStartWith("Not all connections were closed");
    }

    [Fact]
    public async Task Alone_a_node_says_goodbye_and_no_more()
    {
        await StopAsync(null, CancellationToken.None);

        _log.ShouldNotContain(line => line.StartsWith("Now ", StringComparison.Ordinal));
        _log[^1].ShouldStartWith("All connections closed");
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _log.Add(formatter(state, exception));

    private async Task StopAsync(ClusterSettings? cluster, CancellationToken hurry)
    {
        var settings = TestNode.Settings with { Cluster = cluster };
        await using var store = new MemoryStore(TimeProvider.System);
        using var runtime = new NodeRuntime(settings, store, new NoTokenVerifier(), TimeProvider.System, NullLoggerFactory.Instance);
        await runtime.StartAsync(CancellationToken.None);
        var readiness = new NodeReadiness(store);

        await new NodeShutdown(runtime, readiness, settings, TimeProvider.System, this).DrainAsync(hurry);

        readiness.Phase.ShouldBe(NodePhase.Stopped);
    }
}
