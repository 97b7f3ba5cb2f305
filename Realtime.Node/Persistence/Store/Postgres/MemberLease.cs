using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>
/// Held for a while after each renewal of the own row, counted from when that began: the row may have been renewed at that instant. Safe for all threads.
/// </summary>
internal sealed class MemberLease(TimeProvider time) : IWriterLease
{
    private readonly Lock _lock = new();
    private long? _began;
    private bool _hasEnded;

    public bool IsHeld
    {
        get
        {
            lock (_lock)
            {
                return _began is { } began && time.GetElapsedTime(began) < MemberTimes.Lease;
            }
        }
    }

    public bool IsLost
    {
        get
        {
            lock (_lock)
            {
                return _hasEnded;
            }
        }
    }

    /// <param name="began">When the renewal that has succeeded was begun.</param>
    public void Renewed(long began)
    {
        lock (_lock)
        {
            _began = _hasEnded ? null : began;
        }
    }

    /// <summary>For good.</summary>
    public void End()
    {
        lock (_lock)
        {
            (_began, _hasEnded) = (null, true);
        }
    }
}
