namespace Realtime.Cluster.Kernel;

/// <summary>One scheduled word; see <see cref="TimerQueue"/>.</summary>
public sealed class TimerEntry
{
    private readonly int _tag;
    private ITimerTarget? _target;

    internal TimerEntry(ITimerTarget target, int tag)
    {
        _target = target;
        _tag = tag;
    }

    public bool IsCancelled => Volatile.Read(ref _target) is null;

    /// <summary>Lets go of the target at once, so that a cancelled entry keeps nothing alive until its time.</summary>
    public void Cancel() => Volatile.Write(ref _target, null);

    internal void Fire() => Interlocked.Exchange(ref _target, null)?.OnTimer(_tag);
}
