using Realtime.Tests.Hosting;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Page;

/// <summary>Nodes as processes of their own on one PostgreSQL database, which is all that makes them a cluster. Each serves the page.</summary>
internal sealed class PageCluster : IAsyncDisposable
{
    private readonly PostgresEventStoreCase _database = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, NodeProcess> _nodes = [];
    private readonly List<string> _past = [];

    /// <summary>Everything the nodes have said.</summary>
    public string Output => string.Join('\n', _past.Concat(_nodes.SelectMany(node => Said(node.Key, node.Value))));

    public async Task PrepareAsync() => await _database.PrepareAsync();

    /// <summary>Starts a node; where its page is.</summary>
    public async Task<Uri> StartAsync(string name)
    {
        var port = FreePort.Take();
        var node = NodeProcess.Start(
            _directory.Path,
            new Dictionary<string, string>
            {
                // No test outlives it: whoever leaves did so by intent.
                ["REALTIME__SESSIONS__GRACE"] = "10m",
                ["REALTIME__CONNECTIONS__CRASHWINDOW"] = "100ms",
            },
            "--node", name, "--port", $"{port}", "--client-url", $"ws://localhost:{port}", "--store", "postgres:" + _database.Options.Connection);
        _nodes.Add(name, node);
        await node.UrlAsync();
        return new Uri($"http://localhost:{port}");
    }

    /// <summary>As an operator stops it: SIGTERM.</summary>
    public async Task StopAsync(string name)
    {
        await _nodes[name].SignalAsync("TERM");
        (await _nodes[name].ExitAsync()).ShouldBe(0, Output);
        await KillAsync(name);
    }

    /// <summary>Without a word to anybody: <c>kill -9</c>.</summary>
    public async Task KillAsync(string name)
    {
        _nodes.Remove(name, out var node);
        await node!.DisposeAsync();
        _past.AddRange(Said(name, node));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Values)
        {
            await node.DisposeAsync();
        }

        await _database.DisposeAsync();
        _directory.Dispose();
    }

    private static IEnumerable<string> Said(string name, NodeProcess node) => node.Output.Concat(node.Faults).Select(line => $"{name}: {line}");
}
