namespace Realtime.Cluster.Journal.Postgres;

/// <summary>When to try to connect again: pauses that double, so that a database which comes back is not met by a crowd.</summary>
internal sealed class Reconnecting(TimeProvider time, TimeSpan longest) : IDisposable
{
    private readonly ManualResetEventSlim _hurry = new();
    private TimeSpan _pause;
    private long _failedAt;
    private bool _ending;

    public bool IsDue => _pause == TimeSpan.Zero || time.GetElapsedTime(_failedAt) >= _pause;

    public void Failed()
    {
        _failedAt = time.GetTimestamp();
        _pause = _pause == TimeSpan.Zero ? longest / 8 : TimeSpan.FromTicks(Math.Min(longest.Ticks, _pause.Ticks * 2));
    }

    public void Reset() => _pause = TimeSpan.Zero;

    /// <summary>Ends waiting, now and later: the lane is to end.</summary>
    public void Hurry()
    {
        Volatile.Write(ref _ending, true);
        _hurry.Set();
    }

    /// <summary>Blocks until the pause is over.</summary>
    /// <returns>False when there is no time left to wait.</returns>
    public bool Wait()
    {
        if (Volatile.Read(ref _ending))
        {
            return false;
        }

        using var timer = time.CreateTimer(static hurry => ((ManualResetEventSlim)hurry!).Set(), _hurry, _pause, Timeout.InfiniteTimeSpan);
        _hurry.Wait();
        if (Volatile.Read(ref _ending))
        {
            return false;
        }

        _hurry.Reset();
        return true;
    }

    public void Dispose() => _hurry.Dispose();
}
