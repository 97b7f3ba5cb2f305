namespace Realtime.Node.Persistence.Core;

/// <summary>Deletes rows in steps, one step at a time.</summary>
internal sealed class LogTrimming(LogLimits limits)
{
    private long _target;
    private bool _isUnderWay;

    /// <summary>Rows up to this number are deleted.</summary>
    public long Deleted { get; private set; }

    public void Restore(long deleted) => Deleted = Math.Max(Deleted, deleted);

    /// <summary>Wants rows up to a number deleted. The step to take now, if any.</summary>
    public LogEffect? Want(long target)
    {
        _target = Math.Max(_target, target);
        return _isUnderWay ? null : Next();
    }

    public LogEffect? OnDeleted(long through)
    {
        Deleted = Math.Max(Deleted, through);
        return Next();
    }

    /// <summary>The rest waits until more is wanted.</summary>
    public void OnFailed() => _isUnderWay = false;

    private LogEffect.DeleteRows? Next()
    {
        _isUnderWay = _target > Deleted;
        return _isUnderWay ? new LogEffect.DeleteRows(Math.Min(_target, Deleted + limits.DeleteRows)) : null;
    }
}
