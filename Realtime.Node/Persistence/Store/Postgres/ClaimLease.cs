namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>
/// Held for a while after each proof of the claim, counted from when that proof began: what the database said may be true of that instant
/// only. Safe for all threads.
/// </summary>
internal sealed class ClaimLease(TimeProvider time) : IWriterLease
{
    /// <summary>Shorter than the time after which the database ends the session of a silent holder.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(6);

    private readonly Lock _lock = new();
    private long? _began;
    private bool _hasEnded;

    public bool IsHeld
    {
        get
        {
            lock (_lock)
            {
                return _began is { } began && time.GetElapsedTime(began) < Length;
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

    /// <param name="began">When the proof that has succeeded was begun.</param>
    public void Proved(long began)
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
