namespace Realtime.Node.Sessions.Core;

/// <summary>
/// When a session's record is written, and what its log is doing. One append at a time; the log runs only while there is something to read
/// back or to write.
/// </summary>
internal sealed class RecordWriter(SessionPolicy policy)
{
    private long? _dirtySince;

    public LogPhase Phase { get; private set; }

    /// <summary>Whether the log has an event, as far as is known; an append whose outcome is unknown counts.</summary>
    public bool IsWritten { get; private set; }

    /// <summary>The log was never written: its first start needs no read.</summary>
    public bool IsNew { get; set; }

    /// <summary>An append has no answer yet.</summary>
    public bool HasUnknownOutcome { get; private set; }

    /// <summary>Memory says more than the record.</summary>
    public bool IsDirty => _dirtySince is not null;

    /// <summary>
    /// Positions were acknowledged after the record was written. By themselves they are not written while a connection is there.
    /// </summary>
    public bool HasNewPositions { get; set; }

    /// <summary>When a log that is open and idle is closed, milliseconds since 1970.</summary>
    public long LingersUntil { get; private set; }

    /// <summary>Nothing is written before: a write found no room a short while ago.</summary>
    public long? PausedUntil { get; private set; }

    /// <summary>When the record has to be written, milliseconds since 1970; null: it says all.</summary>
    public long? WriteAt => _dirtySince + (long)policy.WriteBehind.TotalMilliseconds;

    public bool IsUsable => Phase is LogPhase.Usable;

    public void Touch(bool changed, long now)
    {
        if (changed)
        {
            _dirtySince ??= now;
        }
    }

    public void Start(List<SessionEffect> effects)
    {
        if (Phase is LogPhase.Closed)
        {
            Phase = LogPhase.Starting;
            effects.Add(new SessionEffect.StartLog(IsNew));
            IsNew = false;
        }
    }

    public void Append(SessionEffect.Append append, List<SessionEffect> effects)
    {
        Phase = LogPhase.Writing;
        IsWritten = true;
        HasUnknownOutcome = true;
        HasNewPositions = false;
        _dirtySince = null;
        effects.Add(append);
    }

    public void OnCommitted(long now)
    {
        Phase = LogPhase.Usable;
        HasUnknownOutcome = false;
        LingersUntil = now + (long)policy.LogLinger.TotalMilliseconds;
    }

    /// <param name="isWritten">Whether the log has an event.</param>
    public void OnRecovered(bool isWritten, long now)
    {
        OnCommitted(now);
        IsWritten = isWritten;
    }

    public void OnUnavailable(SessionInput.LogUnavailable trouble, long now)
    {
        Phase = LogPhase.Unavailable;
        HasUnknownOutcome &= !trouble.NothingWritten && !trouble.IsFinal;
        PausedUntil = trouble.IsStoreFull ? now + (long)policy.FullPause.TotalMilliseconds : null;
    }

    public void OnClosed() => Phase = LogPhase.Closed;

    /// <summary>Nothing is to be written and nothing under way: the log's actor can go.</summary>
    public void Close(List<SessionEffect> effects)
    {
        if (!HasUnknownOutcome && Phase is LogPhase.Usable or LogPhase.Starting or LogPhase.Unavailable)
        {
            Phase = LogPhase.Closing;
            effects.Add(new SessionEffect.CloseLog());
        }
    }
}
