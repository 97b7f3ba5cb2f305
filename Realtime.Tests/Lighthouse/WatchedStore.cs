using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Memory;

namespace Realtime.Tests.Lighthouse;

/// <summary>A store in memory as a lighthouse reads it; it can be out of reach, and another can take its place. Counts the looks.</summary>
internal sealed class WatchedStore(MemoryStore store) : IViewReader
{
    private readonly Lock _gate = new();
    private readonly List<(int Look, TaskCompletionSource Reached)> _waiting = [];
    private int _looks;

    public string Description => "memory of the test";

    public MemoryStore Store { get; set; } = store;

    /// <summary>Every call fails with this.</summary>
    public Exception? Fault { get; set; }

    public int Looks
    {
        get
        {
            lock (_gate)
            {
                return _looks;
            }
        }
    }

    public async ValueTask<StoreIdentity> OpenAsync(CancellationToken cancellation = default)
    {
        if (Fault is { } fault)
        {
            Count();
            throw fault;
        }

        return await Store.OpenAsync(cancellation);
    }

    public async ValueTask<ViewDelta> ViewAsync(long since, CancellationToken cancellation = default)
    {
        Count();
        return Fault is { } fault ? throw fault : await Store.ViewAsync(since, cancellation);
    }

    /// <summary>Completes when that look has begun, so that all before it are over.</summary>
    public Task Look(int number)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_looks >= number)
            {
                reached.SetResult();
            }
            else
            {
                _waiting.Add((number, reached));
            }

            return reached.Task;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Count()
    {
        lock (_gate)
        {
            _looks++;
            foreach (var (_, reached) in _waiting.Where(waiting => waiting.Look <= _looks))
            {
                reached.TrySetResult();
            }

            _waiting.RemoveAll(waiting => waiting.Look <= _looks);
        }
    }
}
