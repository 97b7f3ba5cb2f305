using System.Threading.Channels;

namespace Realtime.Cluster.Membership;

/// <summary>
/// Runs jobs one after another: whatever changes the cluster's rows in this node's name, and the turn that looks whether there is anything
/// to change. Turns that wait are one.
/// </summary>
internal sealed class ControlLoop : IAsyncDisposable
{
    private readonly Channel<Func<Task>> _jobs = Channel.CreateUnbounded<Func<Task>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<CancellationToken, Task> _turn;
    private readonly ITimer _timer;
    private Task _running = Task.CompletedTask;
    private int _turnWaits;

    /// <param name="turn">Does not throw.</param>
    public ControlLoop(Func<CancellationToken, Task> turn, TimeProvider time, TimeSpan period)
    {
        _turn = turn;
        _timer = time.CreateTimer(static loop => ((ControlLoop)loop!).Turn(), this, period, period);
    }

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>A turn soon.</summary>
    public void Turn()
    {
        if (Interlocked.Exchange(ref _turnWaits, 1) == 0)
        {
            _jobs.Writer.TryWrite(() =>
            {
                Volatile.Write(ref _turnWaits, 0);
                return _turn(_stopping.Token);
            });
        }
    }

    /// <summary>Runs a job when those before it are done.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the loop ends.</exception>
    public Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> job, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = _jobs.Writer.TryWrite(async () =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
            try
            {
                either.Token.ThrowIfCancellationRequested();
                done.SetResult(await job(either.Token));
            }
            catch (OperationCanceledException)
            {
                done.SetCanceled(cancellation.IsCancellationRequested ? cancellation : _stopping.Token);
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        });

        return taken ? done.Task : Task.FromCanceled<T>(new CancellationToken(canceled: true));
    }

    /// <summary>Ends after the job under way; those that wait are cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        _jobs.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (var job in _jobs.Reader.ReadAllAsync())
        {
            await job();
        }
    }
}
