using System.Net;
using Realtime.Tests.Hosting;

namespace Realtime.Tests.Support;

/// <summary>
/// A node as a process of its own that can be killed in mid-sentence and started again on the same port and store. Its
/// directory is its own and goes with it.
/// </summary>
internal sealed class RestartableNode(IReadOnlyDictionary<string, string> options) : IAsyncDisposable
{
    /// <summary>What a killed node has said stays worth reading.</summary>
    private readonly List<string> _past = [];
    private readonly TemporaryDirectory _directory = new();
    private NodeProcess? _process;
    private int _port;

    public bool Running => _process is not null;

    public IPEndPoint Endpoint => new(IPAddress.Loopback, _port);

    public Uri Url => new($"http://{Endpoint}");

    /// <summary>Everything it has said, over all its lives.</summary>
    public string Output => string.Join('\n', _process is null ? _past : [.. _past, .. _process.Output, .. _process.Faults]);

    /// <summary>Starts it, and waits until it is ready for clients.</summary>
    public async Task StartAsync()
    {
        if (_port == 0)
        {
            _port = FreePort.Take();
        }

        var process = NodeProcess.Start(
            _directory.Path, options.ToDictionary(option => option.Key, option => option.Value), "--node", "test-node", "--port", $"{_port}", "--store", "sqlite:realtime.db");
        _process = process;
        var said = process.UrlAsync();
        var exited = process.ExitAsync();
        if (await Task.WhenAny(said, exited) == exited)
        {
            throw new InvalidOperationException($"The node ended with {await exited} instead of starting:\n{Output}");
        }

        await said;
        // Whoever stops waiting for the end of a node that goes on must not leave its failure to nobody.
        _ = exited.ContinueWith(static task => task.Exception, TaskScheduler.Default);
        using var http = new HttpClient();
        using var health = await http.GetAsync(new Uri(Url, "/health/ready")).Within("the node's health");
        health.StatusCode.ShouldBe(HttpStatusCode.OK, Output);
    }

    /// <summary>Without a word to anybody: <c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
            _past.AddRange([.. process.Output, .. process.Faults, "(killed)"]);
        }
    }

    /// <summary>As an operator stops it: SIGTERM, and it says goodbye.</summary>
    public async Task StopAsync()
    {
        var process = _process ?? throw new InvalidOperationException("it does not run");
        await process.SignalAsync("TERM");
        (await process.ExitAsync()).ShouldBe(0, Output);
        await KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _directory.Dispose();
    }
}
