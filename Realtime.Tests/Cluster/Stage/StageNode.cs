using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting;
using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Stage;

/// <summary>
/// One member of the cluster as a process of its own, a node or a lighthouse, behind proxies for its clients, its store and the other nodes; restarted under the same name on the same
/// ports, also by itself when it ends because it was downed, as a supervisor would do it.
/// </summary>
internal sealed class StageNode : IAsyncDisposable
{
    private const int Starts = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly StageOptions _options;
    private readonly StageStore _store;
    private readonly StageNetwork? _network;
    private readonly bool _isLighthouse;
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _past = [];
    private readonly int _port = FreePort.Take();
    private readonly int _operatorPort = FreePort.Take();
    private readonly int? _clusterPort;
    private readonly ConcurrentQueue<NodeExit> _exits = [];
    private readonly SemaphoreSlim _lives = new(1);
    private readonly CancellationTokenSource _over = new();
    private NodeProcess? _process;

    /// <param name="network">Null: it is the only node.</param>
    public StageNode(string name, StageOptions options, StageStore store, StageNetwork? network, bool isLighthouse = false)
    {
        Name = name;
        _options = options;
        _store = store;
        _network = network;
        _isLighthouse = isLighthouse;
        _clusterPort = network?.Open(name);
        Clients = new TcpProxy(Endpoint);
        Store = store.Endpoint is { } endpoint ? new TcpProxy(endpoint) : null;
    }

    public string Name { get; }

    public NodeCondition Condition { get; private set; }

    /// <summary>When its process began to serve.</summary>
    public long Since { get; private set; }

    /// <summary>Ends that nobody asked for.</summary>
    public IReadOnlyCollection<NodeExit> Exits => _exits;

    public IPEndPoint Endpoint => new(IPAddress.Loopback, _port);

    public string OperatorUrl => $"http://localhost:{_operatorPort}";

    /// <summary>What clients are told to dial when they should come to this very node.</summary>
    public TcpProxy Clients { get; }

    /// <summary>Null: the store is a file.</summary>
    public TcpProxy? Store { get; }

    /// <summary>Whether it takes clients now, or tells them where to connect.</summary>
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

    /// <summary>Ends when it says that it serves; at once when it runs already.</summary>
    public async Task StartAsync()
    {
        await _lives.WaitAsync();
        try
        {
            if (_process is null && !_over.IsCancellationRequested)
            {
                await RiseAsync();
            }
        }
        finally
        {
            _lives.Release();
        }
    }

    /// <summary>Another process with this node's configuration, but on other ports, and some of it changed; not this node, and the caller's to dispose of.</summary>
    public NodeProcess LaunchAnother(params IEnumerable<KeyValuePair<string, string>> changes) =>
        Launch([new("REALTIME__PORT", "0"), new("REALTIME__OPERATOR__PORT", "0"), new("REALTIME__CLUSTER__PORT", "0"), .. changes]);

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
            ["REALTIME__SESSIONS__GRACE"] = Text(_options.Grace),
            ["REALTIME__SESSIONS__ORPHANGRACE"] = Text(_options.Grace),
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
        if (_clusterPort is { } port)
        {
            environment["REALTIME__CLUSTER__HOST"] = StageNetwork.Inside.ToString();
            environment["REALTIME__CLUSTER__ADVERTISEDHOST"] = StageNetwork.Outside.ToString();
            environment["REALTIME__CLUSTER__PORT"] = Text(port);
        }

        foreach (var (name, value) in _options.Environment.Concat(changes))
        {
            environment[name] = value;
        }

        return _isLighthouse ? NodeProcess.StartLighthouse(_directory.Path, environment) : NodeProcess.Start(_directory.Path, environment);
    }

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        await _lives.WaitAsync();
        try
        {
            if (_process is { } process)
            {
                await process.DisposeAsync();
                Buried(process, "(killed)");
            }
        }
        finally
        {
            _lives.Release();
        }
    }

    /// <summary>Nothing when it has just ended by itself.</summary>
    public Task PauseAsync() => SignalAsync("STOP", NodeCondition.Paused);

    public Task ResumeAsync() => SignalAsync("CONT", NodeCondition.Up);

    /// <summary><c>SIGTERM</c>, and its exit code; null when it had ended by itself.</summary>
    public async Task<int?> TerminateAsync()
    {
        await _lives.WaitAsync();
        try
        {
            if (_process is not { } process)
            {
                return null;
            }

            await process.SignalAsync("TERM");
            return await BuryAsync(process);
        }
        finally
        {
            _lives.Release();
        }
    }

    /// <summary>Waits for a process that ends because it was told to by others.</summary>
    /// <param name="tell">Tells it. No supervisor takes its end for one of its own accord meanwhile.</param>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndedAsync(Func<Task> tell)
    {
        await _lives.WaitAsync();
        try
        {
            await tell();
            return await BuryAsync(_process!);
        }
        finally
        {
            _lives.Release();
        }
    }

    /// <summary>As <c>ulimit -f</c>, beyond what its files have now; null: no limit.</summary>
    public Task LimitFilesAsync(long? bytes) => _process!.LimitFilesAsync(bytes);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await KillAsync();
        await Clients.DisposeAsync();
        await (Store?.DisposeAsync() ?? ValueTask.CompletedTask);
        _directory.Dispose();
        _over.Dispose();
    }

    /// <summary>
    /// One that finds its store out of reach, or that it was downed, gives up, and is started again as a supervisor would. One that cannot join yet, because others do
    /// not hear each other, is waited for.
    /// </summary>
    private async Task RiseAsync()
    {
        for (var left = Starts; ; left--)
        {
            var process = Launch();
            _process = process;
            _network?.Runs(Name, process.Id);
            var first = await Task.WhenAny(process.Serving, process.Ended, Task.Delay(Patience, TimeProvider.System, _over.Token));
            if (first == process.Serving)
            {
                (Since, Condition) = (TimeProvider.System.GetTimestamp(), NodeCondition.Up);
                _ = WatchAsync(process);
                return;
            }

            if (first != process.Ended)
            {
                await process.DisposeAsync();
                Buried(process, "(did not serve, and was killed)");
                throw new TimeoutException($"Waited {Patience.TotalSeconds} s in vain for {Name} to serve:\n{string.Join('\n', Output)}");
            }

            var code = await process.Ended;
            Buried(process, $"(ended with {code} instead of starting)");
            await process.DisposeAsync();
            if (code is not (ExitCodes.StoreCannotOpen or ExitCodes.LostMembership) || left == 1)
            {
                throw new InvalidOperationException($"{Name} ended with {code} instead of starting:\n{string.Join('\n', Output)}");
            }
        }
    }

    /// <summary>The supervisor. Whatever ends otherwise than as downed stays down, for somebody to look at; so does what does not come back.</summary>
    private async Task WatchAsync(NodeProcess process)
    {
        var code = await process.Ended;
        await _lives.WaitAsync();
        try
        {
            if (!ReferenceEquals(_process, process))
            {
                return;
            }

            _exits.Enqueue(new NodeExit(Name, code, TimeProvider.System.GetUtcNow()));
            Buried(process, $"(ended by itself with {code})");
            await process.DisposeAsync();
            if (code == ExitCodes.LostMembership && !_over.IsCancellationRequested)
            {
                await RiseAsync();
            }
        }
        catch (Exception fault) when (fault is TimeoutException or InvalidOperationException)
        {
            _past.Add(fault.Message);
            _exits.Enqueue(new NodeExit(Name, NodeExit.NotBack, TimeProvider.System.GetUtcNow()));
        }
        finally
        {
            _lives.Release();
        }
    }

    private async Task<int> BuryAsync(NodeProcess process)
    {
        var code = await process.ExitAsync();
        Buried(process, $"(ended with {code})");
        await process.DisposeAsync();
        return code;
    }

    private async Task SignalAsync(string signal, NodeCondition condition)
    {
        await _lives.WaitAsync();
        try
        {
            if (_process is { Ended.IsCompleted: false } process)
            {
                await process.SignalAsync(signal);
                Condition = condition;
            }
        }
        finally
        {
            _lives.Release();
        }
    }

    private void Buried(NodeProcess process, string how)
    {
        _network?.Ended(process.Id);
        _past.AddRange([.. process.Output, .. process.Faults, how]);
        Condition = NodeCondition.Down;
        _process = null;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(TimeSpan time) => Text((int)time.TotalSeconds) + "s";
}
