using Realtime.Messages.Ids;
using Realtime.Node.Events;
using Realtime.Node.Events.Core;

namespace Realtime.Node.Sessions.Core;

/// <summary>
/// What a session reports for the application: that it began, and that it is over. Its record says what is not known to be reported, and the end is the last that is written: whoever reads the record goes on.
/// </summary>
/// <remarks>
/// That it is over is reported only when a record says so and says nothing of the beginning any more. So nobody resumes a session that was reported as over, and a record that is read back never brings the beginning again
/// behind the end.
/// </remarks>
internal sealed class SessionReports(SessionId id)
{
    /// <summary>Null while nothing waits: there are very many sessions.</summary>
    private OpenReports? _open;
    private bool _saidClosed;

    /// <summary>As the newest record on disk says.</summary>
    private (bool IsOpening, bool IsClosing) _written;

    /// <summary>As the newest record says, on disk or under way.</summary>
    private bool _composedOpening;

    /// <summary>Of all sessions where nobody wants to learn of them: nothing is reported, and what a record says of it is let go of. It never changes.</summary>
    public static SessionReports None { get; } = new(default) { IsWanted = false };

    public bool IsWanted { get; private init; } = true;

    /// <summary>That it began is not known to be reported.</summary>
    public bool IsOpening { get; private set; }

    /// <summary>Why it is over; null: it is not.</summary>
    public string? Closing { get; private set; }

    /// <summary>That it is over is reported.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>A record says that it is over, or there is none that could bring it back.</summary>
    public bool IsOverForGood { get; private set; }

    /// <summary>When a session that nobody knows of is reported as over, milliseconds since 1970.</summary>
    public long? LostAt { get; private set; }

    public bool IsIdle => _open is null && LostAt is null;

    /// <summary>When <see cref="Settle"/> has something to do, milliseconds since 1970; null: nothing.</summary>
    public long? Due => Math.Min(LostAt ?? long.MaxValue, _open?.Due ?? long.MaxValue) is var due and < long.MaxValue ? due : null;

    /// <summary>What is known is to be written, though the record says all else.</summary>
    public bool WantsRecord => _composedOpening && !IsOpening;

    /// <summary>The end is to be written next: as a record that says so, or for good.</summary>
    public bool WantsEnd => !IsWanted || !IsOverForGood || (_written.IsOpening && !IsOpening) || IsClosed;

    /// <summary>The end for good.</summary>
    public bool WantsLast => !IsWanted || IsClosed;

    public void Opened(UserId? user)
    {
        if (IsWanted)
        {
            LostAt = null;
            IsOpening = true;
            Put(new EventReport(EventKind.SessionOpened, null, id, user));
        }
    }

    /// <summary>Read back.</summary>
    public void Load(bool isOpening, string? closing, UserId? user)
    {
        if (!IsWanted)
        {
            return;
        }

        _written = (isOpening, closing is not null);
        (_composedOpening, Closing, IsOverForGood) = (isOpening, closing, closing is not null);
        if (isOpening)
        {
            Opened(user);
        }
    }

    /// <summary>It is over from now on.</summary>
    /// <param name="isWritten">Whether it has a record; without one nothing can bring it back.</param>
    public void Over(string why, bool isWritten)
    {
        if (IsWanted)
        {
            Closing ??= why;
            IsOverForGood |= !isWritten;
        }
    }

    /// <summary>A record that is composed now says this.</summary>
    public (bool IsOpening, string? Closing) Compose()
    {
        if (IsWanted)
        {
            _composedOpening = IsOpening;
        }

        return (IsOpening, Closing);
    }

    public void Committed(bool isOpening, bool isClosing)
    {
        if (IsWanted)
        {
            _written = (isOpening, isClosing);
            IsOverForGood |= isClosing;
        }
    }

    /// <summary>A reader of the reports believes that it is open. Its log says that it never was, as far as its connection does not know more.</summary>
    public void DoubtAbsent(long now, TimeSpan patience)
    {
        if (IsWanted && _open is null)
        {
            LostAt ??= now + (long)patience.TotalMilliseconds;
        }
    }

    /// <summary>A reader of the reports believes that it is open, and it has ended.</summary>
    public void DoubtEnded()
    {
        if (IsWanted && _open is null)
        {
            Put(new EventReport(EventKind.SessionClosed, null, id, null, Reason: Closing));
        }
    }

    /// <summary>The reports with this tag are written.</summary>
    public void Written(long tag)
    {
        foreach (var report in _open?.Written(tag) ?? [])
        {
            IsOpening &= report.Kind is not EventKind.SessionOpened;
            IsClosed |= report.Kind is EventKind.SessionClosed;
        }

        _open = _open is { IsEmpty: true } ? null : _open;
    }

    /// <summary>After each step: what is due is reported, and what can go to the writer goes.</summary>
    public void Settle(UserId? user, long now, List<SessionEffect> effects)
    {
        if (LostAt <= now)
        {
            LostAt = null;
            Put(new EventReport(EventKind.SessionClosed, null, id, null, Reason: SessionEnds.Lost));
        }

        if (Closing is not null && IsOverForGood && !_written.IsOpening && !_saidClosed)
        {
            _saidClosed = true;
            Put(new EventReport(EventKind.SessionClosed, null, id, user, Reason: Closing));
        }

        if (_open is not null && _open.TryTake(now, out var batch))
        {
            effects.Add(new SessionEffect.Report(batch));
        }
    }

    private void Put(EventReport report) => (_open ??= new OpenReports()).Put(report);
}
