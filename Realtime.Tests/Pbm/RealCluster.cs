using System.Text.RegularExpressions;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Pbm;

/// <summary>Nodes as processes, each with a listener for operators: one on a SQLite file, several on one PostgreSQL database.</summary>
internal sealed partial class RealCluster : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<NodeProcess> _nodes = [];
    private readonly List<Uri> _clients = [];
    private readonly List<string> _operators = [];
    private string _store = "sqlite:realtime.db";

    private RealCluster()
    {
    }

    /// <summary>Where operators are heard, node by node.</summary>
    public IReadOnlyList<string> Operators => _operators;

    public IReadOnlyList<Uri> Clients => _clients;

    public IReadOnlyList<NodeProcess> Nodes => _nodes;

    public static async Task<RealCluster> StartAsync(int nodes, params IReadOnlyList<(string Name, string Value)> options)
    {
        var cluster = new RealCluster();
        try
        {
            if (nodes > 1)
            {
                var server = await PostgresServer.SharedAsync();
                cluster._store = "postgres:" + server.ConnectionString(await server.CreateDatabaseAsync());
            }

            for (var i = 1; i <= nodes; i++)
            {
                await cluster.AddAsync($"node-{i}", options);
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        _directory.Dispose();
    }

    private async Task AddAsync(string name, IReadOnlyList<(string Name, string Value)> options)
    {
        var port = FreePort.Take();
        var environment = new Dictionary<string, string>
        {
            ["REALTIME__OPERATOR__PORT"] = "0",
        };
        foreach (var (option, value) in options)
        {
            environment[option] = value;
        }

        var node = NodeProcess.Start(
            _directory.Path,
            environment,
            "--node", name, "--port", $"{port}", "--client-url", $"ws://localhost:{port}", "--store", _store);
        _nodes.Add(node);
        _clients.Add(await node.UrlAsync());
        var banner = string.Join('\n', node.Output);
        _operators.Add(OperatorUrl().Match(banner) is { Success: true } url ? url.Groups[1].Value : throw new InvalidOperationException($"{name} does not say where operators are heard:\n{banner}"));
    }

    // In text and in JSON.
    [GeneratedRegex("""(?:for operators |"OperatorUrl":")(http://localhost:\d+)""")]
    private static partial Regex OperatorUrl();
}
