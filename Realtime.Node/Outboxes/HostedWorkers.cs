using System.Collections.Concurrent;

namespace Realtime.Node.Outboxes;

/// <summary>The workers on this node, for its stop: each writes its last places and delivers nothing more.</summary>
internal sealed class HostedWorkers
{
    private readonly ConcurrentDictionary<OutboxWorker, Func<Task>> _workers = new();

    public void Add(OutboxWorker worker, Func<Task> finish) => _workers[worker] = finish;

    public void Remove(OutboxWorker worker) => _workers.TryRemove(worker, out _);

    public Task RestAsync() => Task.WhenAll(_workers.Values.Select(finish => finish()));
}
