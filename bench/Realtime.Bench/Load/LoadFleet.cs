namespace Realtime.Bench.Load;

/// <summary>
/// All load processes of a run. Sessions are spread evenly; publishers sit in the first process. More than one process is needed only beyond
/// <see cref="BenchOptions.SocketsPerProcess"/>, since a process may open 20,000 descriptors.
/// </summary>
internal sealed class LoadFleet : IAsyncDisposable
{
    private readonly List<LoadWorker> _workers = [];
    private readonly BenchOptions _options;
    private readonly int[] _ports;

    private LoadFleet(BenchOptions options, int[] ports)
    {
        _options = options;
        _ports = ports;
    }

    public TimeSpan ProcessorTime => _workers.Aggregate(TimeSpan.Zero, (sum, worker) => sum + worker.ProcessorTime);

    private LoadWorker First => _workers[0];

    public static async Task<LoadFleet> StartAsync(BenchOptions options, int sessions, params int[] ports)
    {
        var fleet = new LoadFleet(options, ports);
        var count = Math.Max(1, (sessions + options.SocketsPerProcess - 1) / options.SocketsPerProcess);
        for (var index = 0; index < count; index++)
            fleet._workers.Add(await LoadWorker.StartAsync(new LoadSettings(options.Verify, options.ReadBytes, (byte)(2 + index * 2), options.UserToken)));
        for (var index = 1; index < count; index++)
        {
            var peer = index - 1;
            fleet._workers[index].OnDone = message => fleet.First.TellAsync(new LoadCommand.PeerDone(peer, message));
        }

        return fleet;
    }

    public Task<LoadEvent.Connected> ConnectAsync(Role role, int count, params string[] channels) =>
        ConnectAsync(role, count, _ports, channels);

    /// <param name="ports">The nodes that the connections are spread over.</param>
    public async Task<LoadEvent.Connected> ConnectAsync(Role role, int count, int[] ports, string[] channels)
    {
        var workers = role == Role.Publisher ? [First] : _workers;
        var receiveBuffer = role == Role.Stopped ? _options.StoppedReceiveBuffer : 0;
        for (var index = 0; index < workers.Count; index++)
        {
            var share = count / workers.Count + (index < count % workers.Count ? 1 : 0);
            await workers[index].TellAsync(new LoadCommand.Connect(
                role, share, ports, channels, Math.Max(1, _options.Concurrency / workers.Count), receiveBuffer,
                _options.SubscribeSeparately, _options.ConnectSeconds));
        }

        return await AllConnectedAsync(workers);
    }

    public async Task<LoadEvent.Connected> ResumeAsync()
    {
        foreach (var worker in _workers)
            await worker.TellAsync(new LoadCommand.Resume(Math.Max(1, _options.Concurrency / _workers.Count), _options.ConnectSeconds));
        return await AllConnectedAsync(_workers);
    }

    public Task StopReadingAsync() => AllObeyAsync(new LoadCommand.StopReading());

    public Task DisconnectAsync(bool bye) => AllObeyAsync(new LoadCommand.Disconnect(bye));

    /// <summary>Begins a measurement everywhere. The first process publishes and hears of the others' progress.</summary>
    public async Task MeasureAsync(long from, long until, bool latency)
    {
        for (var index = 0; index < _workers.Count; index++)
            await _workers[index].TellAsync(new LoadCommand.Measure(from, until, latency, index == 0 ? _workers.Count - 1 : 0, index > 0));

        foreach (var worker in _workers)
            await worker.ExpectAsync<LoadEvent.Obeyed>(TimeSpan.FromSeconds(10));
    }

    /// <summary>Publishes until the plan is through; anything undelivered or refused fails the run.</summary>
    public async Task<LoadEvent.Published> PublishAsync(LoadCommand plan, TimeSpan length)
    {
        await First.TellAsync(plan);
        var published = await First.ExpectAsync<LoadEvent.Published>(length + TimeSpan.FromSeconds(60));
        if (published.Finished)
            return published;
        var seen = await CollectAsync(strict: false);
        throw new BenchFailedException($"{published.Fault}; {seen.Lost} connections lost, {seen.Gaps} gaps; {seen.Fault}");
    }

    public async Task<Deliveries> CollectAsync(bool strict = true)
    {
        var sum = new Deliveries();
        foreach (var worker in _workers)
        {
            await worker.TellAsync(new LoadCommand.Collect());
            sum.Add(await worker.ExpectAsync<LoadEvent.Measured>(TimeSpan.FromSeconds(20)));
        }

        if (strict && (sum.Lost > 0 || sum.Gaps > 0 || sum.Violations > 0))
            throw new BenchFailedException($"{sum.Lost} connections lost, {sum.Gaps} gaps, {sum.Violations} violations; {sum.Fault}");
        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        // The first one last: the others may still have progress to report to it.
        foreach (var worker in Enumerable.Reverse(_workers))
            await worker.DisposeAsync();
    }

    private async Task AllObeyAsync(LoadCommand command)
    {
        foreach (var worker in _workers)
            await worker.TellAsync(command);
        foreach (var worker in _workers)
            await worker.ExpectAsync<LoadEvent.Obeyed>(TimeSpan.FromSeconds(20));
    }

    private async Task<LoadEvent.Connected> AllConnectedAsync(List<LoadWorker> workers)
    {
        LoadEvent.Connected? sum = null;
        foreach (var worker in workers)
        {
            var one = await worker.ExpectAsync<LoadEvent.Connected>(TimeSpan.FromSeconds(_options.ConnectSeconds + 20));
            sum = sum is null ? one : new LoadEvent.Connected(
                sum.Open + one.Open, sum.Missing + one.Missing, sum.Retries + one.Retries, sum.Resumed + one.Resumed, sum.Recovered + one.Recovered,
                Math.Min(sum.First, one.First), Math.Max(sum.Last, one.Last), sum.Fault ?? one.Fault);
        }

        return sum is { Missing: 0 } ? sum : throw new BenchFailedException($"{sum?.Missing} sessions could not be opened: {sum?.Fault ?? "no answer"}");
    }
}
