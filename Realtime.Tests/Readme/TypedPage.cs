using System.Net;
using System.Text.RegularExpressions;
using Realtime.Tests.Deployment;
using Realtime.Tests.Hosting;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Readme;

/// <summary>
/// A reader who types what a page says, line after line, on a machine where everything is built. Ports and folders are the test's; a node goes on until another one wants its
/// port, or the page is over.
/// </summary>
internal sealed partial class TypedPage : IAsyncDisposable
{
    private const string Banner = "for operators";

    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<int, (string Line, TypedCommand Node)> _serving = [];
    private readonly ReadmePage _page;
    private readonly ReaderPorts _ports;
    private readonly HttpClient _http = new();
    private readonly PostgresEventStoreCase _database = new();

    public TypedPage(ReadmePage page)
    {
        _page = page;
        _ports = new ReaderPorts(page.Shell().SelectMany(block => block));
    }

    public string File(string name) => _directory.File(name);

    /// <summary>What each line said that ended by itself or was watched.</summary>
    public Dictionary<string, string> Said { get; } = [];

    public async Task TypeAllAsync()
    {
        await _database.PrepareAsync();
        foreach (var block in _page.Shell())
        {
            var environment = new Dictionary<string, string>
            {
                ["REALTIME__PORT"] = $"{_ports.Clients}",
                ["PBM_URL"] = _ports.Replace("http://localhost:9080"),

                // The last node of a cluster has nobody to give its shards to, and would look for somebody as long as it may.
                ["REALTIME__STOPTIMEOUT"] = "1s",
            };
            foreach (var line in block.Select(ShellLine.Of))
            {
                await TypeAsync(line, environment);
            }
        }
    }

    /// <summary>Every node that still serves is told to stop, and ends as it should.</summary>
    public async Task CloseAsync()
    {
        foreach (var (line, node) in _serving.Values)
        {
            (await node.StopAsync()).ShouldBe(0, $"{line}\n{node.Output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, node) in _serving.Values)
        {
            await node.DisposeAsync();
        }

        await _database.DisposeAsync();
        _http.Dispose();
        _ports.Dispose();
        _directory.Dispose();
    }

    private async Task TypeAsync(ShellLine line, Dictionary<string, string> environment)
    {
        switch (line.Ends)
        {
            case ShellLine.Outcome.ByItself:
            {
                await using var command = TypedCommand.Start(Here(line.Text), _directory.Path, environment);
                (await command.ExitAsync()).ShouldBe(0, $"{line.Text}\n{command.Output}");
                Said[line.Text] = command.Output;
                break;
            }

            case ShellLine.Outcome.Showing:
            {
                await using var command = TypedCommand.Start(Here(line.Text), _directory.Path, environment, "node-0");
                await command.SaidAsync();
                Said[line.Text] = command.Output;
                break;
            }

            case ShellLine.Outcome.Serving:
                await ServeAsync(line.Text, environment);
                break;

            case ShellLine.Outcome.Setting:
                var (name, value) = (line.Text["export ".Length..].Split('=')[0], line.Text.Split('=', 2)[1]);
                environment[name] = value;
                break;

            case ShellLine.Outcome.NotRun:
                break;

            default:
                throw new InvalidOperationException($"a line cannot be {line.Ends}");
        }
    }

    private async Task ServeAsync(string line, Dictionary<string, string> environment)
    {
        var port = ReaderPorts.Of(Here(line)) ?? _ports.Clients;
        if (_serving.Remove(port, out var before))
        {
            (await before.Node.StopAsync()).ShouldBe(0, $"{before.Line}\n{before.Node.Output}");
            await before.Node.DisposeAsync();
        }

        var node = TypedCommand.Start(Here(line), _directory.Path, environment, Banner);
        _serving[port] = (line, node);
        await node.SaidAsync();
        using var health = await _http.GetAsync(new Uri($"http://localhost:{port}/health/ready")).Within($"health of: {line}");
        health.StatusCode.ShouldBe(HttpStatusCode.OK, $"{line}\n{node.Output}");
    }

    /// <summary>The same line for what is built already, on the test's ports and in its folders.</summary>
    private string Here(string line) => Database().Replace(_ports.Replace(line), _database.Options.Connection)
        .Replace("dotnet run --no-build", "dotnet run", StringComparison.Ordinal)
        .Replace("dotnet run", $"dotnet run --no-build -c {Dotnet.Configuration}", StringComparison.Ordinal)
        .Replace("--project ", $"--project {SourceTree.Root}{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        .Replace("/var/lib/", $"{_directory.Path}/var/lib/", StringComparison.Ordinal);

    /// <summary>The reader's own database, as the page writes it.</summary>
    [GeneratedRegex("(?<=postgres:)Host=[^\"]*")]
    private static partial Regex Database();
}
