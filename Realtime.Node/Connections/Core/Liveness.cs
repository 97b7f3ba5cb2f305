namespace Realtime.Node.Connections.Core;

/// <summary>
/// When to ping, and when a connection is dead (protocol.md, rule 8). Pure; all times are monotonic milliseconds. The server pings after
/// <c>every</c> of silence in either direction: silence of its own would make the client give up, silence of the client must be ended.
/// </summary>
internal struct Liveness(long every, long timeout, long stall, long now)
{
    private long _received = now;
    private long _sent = now;

    /// <summary>When the ping that waits for an answer was sent. Not compared with what came: both may fall into the same millisecond.</summary>
    private long? _pinged;
    private long _moved = now;
    private long _sentBytes;
    private bool _wasSending;

    public void Received(long now)
    {
        _received = now;
        _pinged = null;
    }

    public void Sent(long now) => _sent = now;

    /// <summary>When to look again at the latest.</summary>
    public readonly long Due => Math.Min(_sent + every, _pinged is { } pinged ? pinged + timeout : _received + every);

    public LivenessVerdict Sweep(long now, long sentBytes, bool isSending)
    {
        if (sentBytes != _sentBytes)
        {
            _sentBytes = sentBytes;
            _sent = now;
            _moved = now;
        }
        else if (!isSending || !_wasSending)
        {
            // Nobody looks while nothing is sent, so a standstill counts from the first look that finds something on its way.
            _moved = now;
        }

        _wasSending = isSending;
        if (now - _moved >= stall)
        {
            return LivenessVerdict.Stalled;
        }

        if (_pinged is { } unanswered && now - unanswered >= timeout && now - _received >= every + timeout)
        {
            return LivenessVerdict.Silent;
        }

        if (now - _sent >= every || (now - _received >= every && _pinged is null))
        {
            // The first ping without an answer counts: later ones must not put off the end.
            _pinged ??= now;
            _sent = now;
            return LivenessVerdict.Ping;
        }

        return LivenessVerdict.Well;
    }
}
