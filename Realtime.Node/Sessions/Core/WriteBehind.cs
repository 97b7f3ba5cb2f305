using Realtime.Cluster.Journal;

namespace Realtime.Node.Sessions.Core;

/// <summary>
/// When a session's row is written: one write at a time, what can wait for <see cref="SessionPolicy.WriteBehind"/> waits, what somebody
/// waits for does not, and after a refusal nothing is tried for <see cref="RetryAfter"/>.
/// </summary>
internal sealed class WriteBehind(SessionPolicy policy)
{
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private bool _timerRuns;
    private bool _retrying;

    /// <summary>Revision of the row in the store; 0 when there is none.</summary>
    public long Revision { get; private set; }

    public bool IsDirty { get; private set; }

    public bool IsWriting { get; private set; }

    public bool IsQuiet => !IsDirty && !IsWriting;

    public void Load(long revision) => Revision = revision;

    public void Touch() => IsDirty = true;

    public void Begin()
    {
        IsDirty = false;
        IsWriting = true;
    }

    public void Fired(SessionTimer timer)
    {
        _timerRuns &= timer is not SessionTimer.WriteBehind;
        _retrying &= timer is not SessionTimer.Retry;
    }

    public void Written(WriteOutcome outcome, List<SessionEffect> effects)
    {
        IsWriting = false;
        if (outcome is WriteOutcome.Committed)
        {
            Revision++;
            return;
        }

        IsDirty = true;
        if (outcome is not (WriteOutcome.Conflict or WriteOutcome.Unknown or WriteOutcome.Fenced))
        {
            _retrying = true;
            effects.Add(new SessionEffect.StartTimer(SessionTimer.Retry, RetryAfter));
        }
    }

    /// <summary>Whether to write in this step. What can wait gets its timer instead.</summary>
    public bool IsDue(bool urgent, List<SessionEffect> effects)
    {
        if (IsWriting || _retrying)
        {
            return false;
        }

        if (urgent || !IsDirty)
        {
            return urgent;
        }

        if (!_timerRuns)
        {
            _timerRuns = true;
            effects.Add(new SessionEffect.StartTimer(SessionTimer.WriteBehind, policy.WriteBehind));
        }

        return false;
    }
}
