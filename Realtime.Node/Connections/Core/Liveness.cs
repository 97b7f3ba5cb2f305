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

    /// <summary>That ping has reached the peer, or everything that was before it in the queue has not moved: nothing puts off its answer.</summary>
    private bool _arrived;

    /// <summary>That ping was sent behind other bytes, so a standstill of those is what the end of the connection is judged by.</summary>
    private bool _behind;

    /// <summary>When bytes last reached the peer while that ping was behind them.</summary>
    private long _flowed = now;

    /// <summary>When bytes last reached the peer at all.</summary>
    private long _grew = now;
    private long _moved = now;
    private long _delivered;
    private bool _wasSending;

    public static Liveness By(ConnectionPolicy policy, long now) => new(
        (long)policy.PingEvery.TotalMilliseconds, (long)policy.PingTimeout.TotalMilliseconds, (long)policy.StallTimeout.TotalMilliseconds, now);

    /// <summary>When to look again at the latest; at once while a ping is on its way.</summary>
    public readonly long Due =>
        _pinged is { } pinged ? (_arrived ? Math.Min(_sent + every, Math.Max(pinged, _flowed) + timeout) : long.MinValue)
        : Math.Min(_sent, _received) + every;

    public void Received(long now)
    {
        _received = Math.Max(_received, now);
        _pinged = null;
    }

    public LivenessVerdict Sweep(long now, TrafficSnapshot seen)
    {
        if (seen.ReceivedAt > _received)
        {
            // Part of a message: what is long on its way is no silence.
            Received(seen.ReceivedAt);
        }

        _sent = Math.Max(_sent, seen.SentAt);
        var grew = seen.Delivered != _delivered;
        _delivered = seen.Delivered;
        _grew = grew ? now : _grew;
        Watch(now, seen, grew);
        if (grew || !seen.IsSending || !_wasSending)
        {
            // Nobody looks while nothing is sent, so a standstill counts from the first look that finds something on its way.
            _moved = now;
        }

        _wasSending = seen.IsSending;
        if (now - _moved >= stall)
        {
            return LivenessVerdict.Stalled;
        }

        if (_pinged is { } unanswered && now - _received >= every + timeout)
        {
            if (_behind && !_arrived)
            {
                // A link that stands still for a moment, under bytes that the peer has yet to get, is slow: its ping is not there to be answered.
                // Not for longer than a peer may be silent that has nothing to get: it may as well be gone.
                if (now - _grew >= Math.Min(stall, every + timeout))
                {
                    return LivenessVerdict.Stalled;
                }
            }
            else if (now - Math.Max(unanswered, _flowed) >= timeout)
            {
                return LivenessVerdict.Silent;
            }
        }

        if (now - _sent >= every || (now - _received >= every && _pinged is null))
        {
            // The first ping without an answer counts: later ones must not put off the end.
            if (_pinged is null)
            {
                _pinged = now;
                _arrived = false;
                _behind = seen.IsUnderWay;
            }

            _sent = now;
            return LivenessVerdict.Ping;
        }

        return LivenessVerdict.Well;
    }

    /// <summary>
    /// On a slow link the ping stands behind other bytes. While those reach the peer no answer is owed; once the ping is there as well, what
    /// else reaches the peer proves its kernel, not its program.
    /// </summary>
    private void Watch(long now, TrafficSnapshot seen, bool grew)
    {
        if (_pinged is null || _arrived)
        {
            return;
        }

        _arrived = !seen.IsUnderWay;
        _flowed = grew && (!_arrived || _behind) ? now : _flowed;
    }
}
