using Realtime.Tests.EndToEnd;
using Realtime.Tests.Hosting;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients;

/// <summary>Nodes as processes of their own on one PostgreSQL database, which is all that makes them a cluster.</summary>
internal sealed class ScenarioCluster : IAsyncDisposable
{
    private readonly PostgresEventStoreCase _database = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, (NodeProcess Process, Uri Url)> _nodes = [];
    private readonly List<string> _past = [];

    /// <summary>Everything the nodes have said.</summary>
    public string Output => string.Join('\n', _past.Concat(_nodes.SelectMany(node => Said(node.Key, node.Value.Process))));

    public async Task PrepareAsync() => await _database.PrepareAsync();

    /// <summary>Starts a node; where clients and browsers reach it.</summary>
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
        var url = new Uri($"http://localhost:{port}");
        _nodes.Add(name, (node, url));
        await node.UrlAsync();
        return url;
    }

    /// <summary>Waits until each node tells its clients of all the others. Nodes hear of each other once a second.</summary>
    public async Task MeetAsync()
    {
        foreach (var (name, node) in _nodes)
        {
            await Soon.IsTrueAsync(async () => await NamesAsync(node.Url) == _nodes.Count - 1, $"{name} to name {_nodes.Count - 1} others");
        }
    }

    /// <summary>As an operator stops it: SIGTERM.</summary>
    public async Task StopAsync(string name)
    {
        await _nodes[name].Process.SignalAsync("TERM");
        (await _nodes[name].Process.ExitAsync()).ShouldBe(0, Output);
        await KillAsync(name);
    }

    /// <summary>Without a word to anybody: <c>kill -9</c>.</summary>
    public async Task KillAsync(string name)
    {
        _nodes.Remove(name, out var node);
        await node.Process.DisposeAsync();
        _past.AddRange(Said(name, node.Process));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (node, _) in _nodes.Values)
        {
            await node.DisposeAsync();
        }

        await _database.DisposeAsync();
        _directory.Dispose();
    }

    private static async Task<int> NamesAsync(Uri node)
    {
        await using var client = await RawClient.HelloAsync(node);
        await client.SendAsync("""{"type":"bye"}""");
        return client.Welcome["others"]?.AsArray().Count ?? 0;
    }

    private static IEnumerable<string> Said(string name, NodeProcess node) => node.Output.Concat(node.Faults).Select(line => $"{name}: {line}");
}
