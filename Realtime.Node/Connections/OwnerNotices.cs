using Realtime.Cluster.Sharding;

namespace Realtime.Node.Connections;

/// <summary>
/// Tells connections that the owner of their session may have changed, a few at a time: when a node dies, thousands would otherwise ask the same
/// few owners in the same millisecond, each of which has to read its session first.
/// </summary>
internal sealed class OwnerNotices : IDisposable
{
    private const int LeastAtOnce = 64;

    /// <summary>Everybody has been told after so many intervals.</summary>
    private const int Parts = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly IEnumerable<Connection> _all;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private readonly List<OwnersChange> _changes = [];
    private readonly Queue<Connection> _waiting = new();
    private readonly HashSet<Connection> _queued = [];
    private int _atOnce;
    private bool _runs;
    private bool _disposed;

    /// <param name="all">Gone through anew for every change.</param>
    public OwnerNotices(IEnumerable<Connection> all, TimeProvider time)
    {
        _all = all;
        _timer = time.CreateTimer(
            static state => ((OwnerNotices)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Only takes note: whoever raises the change must not wait while connections are gone through.</summary>
    public void Add(OwnersChange change)
    {
        lock (_lock)
        {
            _changes.Add(change);
            if (!_runs && !_disposed)
            {
                _runs = true;
                _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        _timer.Dispose();
    }

    /// <summary>Never runs twice at a time: it is set again at its end.</summary>
    private void Tick()
    {
        List<OwnersChange> changes;
        lock (_lock)
        {
            changes = [.. _changes];
            _changes.Clear();
        }

        if (changes.Count > 0)
        {
            Queue(changes);
        }

        for (var left = Math.Max(LeastAtOnce, _atOnce); left > 0 && _waiting.TryDequeue(out var connection); left--)
        {
            _queued.Remove(connection);
            connection.OwnerMoved();
        }

        lock (_lock)
        {
            _runs = (_waiting.Count > 0 || _changes.Count > 0) && !_disposed;
            if (_runs)
            {
                _timer.Change(Interval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Queue(List<OwnersChange> changes)
    {
        foreach (var connection in _all)
        {
            if (!_queued.Contains(connection) && changes.Exists(connection.IsConcernedBy))
            {
                _queued.Add(connection);
                _waiting.Enqueue(connection);
            }
        }

        _atOnce = (_waiting.Count + Parts - 1) / Parts;
    }
}
