namespace Realtime.Client.Core;

/// <summary>When the next attempt is made, and why the last one failed.</summary>
internal sealed class RetryPlan
{
    private TimeSpan _crashWindow;

    public Pacing Pacing { get; } = new();

    public TimeSpan? At { get; private set; }

    /// <summary>What came of the last attempt or connection; null once connected.</summary>
    public Fault? Reason { get; private set; }

    public void Failed(Fault? reason) => Reason = reason ?? Reason;

    /// <summary>Tries again after the time asked for, or at the pace of losses.</summary>
    public void Wait(Moment at, TimeSpan? asked) => At = at.Now + (asked ?? Pacing.AfterLoss(at, _crashWindow));

    public void Stop() => At = null;

    public void Attached(TimeSpan now, TimeSpan crashWindow)
    {
        At = null;
        Reason = null;
        _crashWindow = crashWindow;
        Pacing.Attached(now);
    }
}
