using System.Collections.Concurrent;

namespace Realtime.Node.Cluster;

/// <summary>How many messages reached no actor, or one that did not know them, since the node started. Safe for all threads.</summary>
public sealed class DeadLetterCounts
{
    private readonly ConcurrentDictionary<string, long> _byType = new(StringComparer.Ordinal);
    private long _total;
    private long _unhandled;
    private volatile string? _last;

    public long Total => Interlocked.Read(ref _total);

    public long Unhandled => Interlocked.Read(ref _unhandled);

    /// <summary>Name of the latest message's type; null: there was none.</summary>
    public string? Last => _last;

    /// <summary>By the name of the message's type.</summary>
    public IReadOnlyDictionary<string, long> ByType => _byType.ToDictionary(StringComparer.Ordinal);

    public void Add(Type type)
    {
        Interlocked.Increment(ref _total);
        _last = type.Name;
        _byType.AddOrUpdate(type.Name, 1, static (_, count) => count + 1);
    }

    public void AddUnhandled() => Interlocked.Increment(ref _unhandled);
}
