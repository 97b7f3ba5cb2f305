using Realtime.Bench.Load;

namespace Realtime.Bench.Churn;

/// <summary>The coordinator's end of the process whose sessions move.</summary>
internal sealed class ChurnLoad : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly LoadWorker _worker;

    private ChurnLoad(LoadWorker worker) => _worker = worker;

    public TimeSpan ProcessorTime => _worker.ProcessorTime;

    public static async Task<ChurnLoad> StartAsync(BenchOptions options) =>
        new(await LoadWorker.StartAsync(new LoadSettings(options.Verify, options.ReadBytes, 2), ChurnProcess.Argument));

    public async Task ConnectAsync(BenchOptions options, LoadCommand.Follow sessions)
    {
        await _worker.TellAsync(sessions);
        var connected = await _worker.ExpectAsync<LoadEvent.Connected>(TimeSpan.FromSeconds(options.ConnectSeconds) + Soon);
        if (connected.Missing > 0)
            throw new BenchFailedException($"{connected.Missing} sessions could not be opened: {connected.Fault ?? "no answer"}");
    }

    public Task PublishAsync(double perSecond, int bytes) => ObeyAsync(new LoadCommand.PublishSteadily(perSecond, bytes));

    public Task NodesAsync(int[] ports) => ObeyAsync(new LoadCommand.Nodes(ports));

    public Task MarkAsync() => ObeyAsync(new LoadCommand.Mark());

    public async Task<LoadEvent.Churned> LookAsync()
    {
        await _worker.TellAsync(new LoadCommand.Look());
        return await _worker.ExpectAsync<LoadEvent.Churned>(Soon);
    }

    /// <summary>Everything published is acknowledged and everywhere; that it is not is a fault of the run.</summary>
    public async Task<LoadEvent.Churned> SettleAsync(int seconds)
    {
        await _worker.TellAsync(new LoadCommand.Settle(seconds));
        var settled = await _worker.ExpectAsync<LoadEvent.Churned>(TimeSpan.FromSeconds(seconds) + Soon);
        return settled.Settled ? settled
            : throw new BenchFailedException($"within {seconds} s not everybody had everything: {settled.Fault}");
    }

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    private async Task ObeyAsync(LoadCommand command)
    {
        await _worker.TellAsync(command);
        await _worker.ExpectAsync<LoadEvent.Obeyed>(Soon);
    }
}
