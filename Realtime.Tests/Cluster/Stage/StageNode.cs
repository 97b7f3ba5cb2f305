using System.Globalization;
using System.Net;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Stage;

/// <summary>
/// One node of the cluster as a process of its own, behind proxies for its clients and its store; restarted under the same name on the same
/// ports.
/// </summary>
internal sealed class StageNode : IAsyncDisposable
{
    private const int Starts = 20;
    private readonly StageStore _store;
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _past = [];
    private readonly int _port = FreePort.Take();
    private readonly int _operatorPort = FreePort.Take();
    private NodeProcess? _process;

    public StageNode(string name, StageStore store)
    {
        Name = name;
        _store = store;
        Clients = new TcpProxy(Endpoint);
        Store = store.Endpoint is { } endpoint ? new TcpProxy(endpoint) : null;
    }

    public string Name { get; }

    public NodeCondition Condition { get; private set; }

    public IPEndPoint Endpoint => new(IPAddress.Loopback, _port);

    public string OperatorUrl => $"http://localhost:{_operatorPort}";

    /// <summary>What clients are told to dial when they should come to this very node.</summary>
    public TcpProxy Clients { get; }

    /// <summary>Null: the store is a file.</summary>
    public TcpProxy? Store { get; }

    /// <summary>Whether it takes clients now.</summary>
    public async Task<bool> IsReadyAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://{Endpoint}/health/ready"), TestContext.Current.CancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>Everything it has said, over all its lives.</summary>
    public IReadOnlyList<string> Output => _process is { } process ? [.. _past, .. process.Output, .. process.Faults] : [.. _past];

    /// <summary>Ends when it says that it serves. One that finds its store out of reach gives up, and is started again as a supervisor would.</summary>
    public async Task StartAsync()
    {
        for (var left = Starts; ; left--)
        {
            var process = Launch();
            _process = process;
            var said = process.UrlAsync();
            var exited = process.ExitAsync();
            if (await Task.WhenAny(said, exited) != exited)
            {
                await said;
                // Whoever stops waiting for the end of a node that goes on must not leave its failure to nobody.
                _ = exited.ContinueWith(static task => task.Exception, TaskScheduler.Default);
                Condition = NodeCondition.Up;
                return;
            }

            Ended(process, $"(ended with {await exited} instead of starting)");
            await process.DisposeAsync();
            if (await exited != ExitCodes.StoreCannotOpen || left == 1)
            {
                throw new InvalidOperationException($"{Name} ended with {await exited} instead of starting:\n{string.Join('\n', Output)}");
            }
        }
    }

    /// <summary>Another process with this node's configuration, but on other ports, and some of it changed; not this node, and the caller's to dispose of.</summary>
    public NodeProcess LaunchAnother(params IEnumerable<KeyValuePair<string, string>> changes) =>
        Launch([new("REALTIME__PORT", "0"), new("REALTIME__OPERATOR__PORT", "0"), .. changes]);

    private NodeProcess Launch(params IEnumerable<KeyValuePair<string, string>> changes)
    {
        var environment = new Dictionary<string, string>
        {
            ["REALTIME__NODE"] = Name,
            ["REALTIME__PORT"] = Text(_port),
            ["REALTIME__OPERATOR__PORT"] = Text(_operatorPort),
            ["REALTIME__STORE"] = _store.Address(Name, Store?.Endpoint.Port),
            ["REALTIME__CLUSTER__CLIENTURL"] = $"ws://{Clients.Endpoint}",
            ["REALTIME__CONNECTIONS__CRASHWINDOW"] = "500ms",
            ["REALTIME__CONNECTIONS__PINGEVERY"] = "2s",
            ["REALTIME__CONNECTIONS__PINGTIMEOUT"] = "2s",
            ["REALTIME__SESSIONS__GRACE"] = "5s",
            ["REALTIME__SESSIONS__ORPHANGRACE"] = "5s",
            ["REALTIME__NAMESPACES__LOG__HISTORY__COUNT"] = "1000000",
            ["REALTIME__NAMESPACES__LOG__HISTORY__BYTES"] = "1GiB",
            ["REALTIME__NAMESPACES__ROOM__PRESENCE"] = "true",
            ["REALTIME__NAMESPACES__ROOM__HISTORY__COUNT"] = "1000000",
            ["REALTIME__NAMESPACES__MEM__DURABILITY"] = "Memory",
            ["REALTIME__NAMESPACES__MEM__HISTORY__COUNT"] = "1000000",
            ["REALTIME__NAMESPACES__MEM__HISTORY__BYTES"] = "1GiB",
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_TieredPGO"] = "0",
        };
        foreach (var (name, value) in changes)
        {
            environment[name] = value;
        }

        return NodeProcess.Start(_directory.Path, environment);
    }

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            Condition = NodeCondition.Down;
            await process.DisposeAsync();
            Ended(process, "(killed)");
        }
    }

    public async Task PauseAsync()
    {
        await _process!.SignalAsync("STOP");
        Condition = NodeCondition.Paused;
    }

    public async Task ResumeAsync()
    {
        await _process!.SignalAsync("CONT");
        Condition = NodeCondition.Up;
    }

    /// <summary><c>SIGTERM</c>, and its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        await _process!.SignalAsync("TERM");
        return await EndedAsync();
    }

    /// <summary>Waits for a process that ends by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndedAsync()
    {
        var process = _process!;
        var code = await process.ExitAsync();
        Condition = NodeCondition.Down;
        Ended(process, $"(ended with {code})");
        await process.DisposeAsync();
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await Clients.DisposeAsync();
        await (Store?.DisposeAsync() ?? ValueTask.CompletedTask);
        _directory.Dispose();
    }

    private void Ended(NodeProcess process, string how)
    {
        _past.AddRange([.. process.Output, .. process.Faults, how]);
        _process = null;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
