namespace Realtime.Node.Connections.Core;

/// <summary>
/// A rate with a burst: holds up to <c>burst</c> tokens and gains <c>rate</c> per second. Pure: time comes in, in
/// milliseconds of any monotonic clock. (Token bucket as in RFC 2697.)
/// </summary>
public struct TokenBucket
{
    private readonly double _rate;
    private readonly double _burst;
    private double _tokens;
    private long _last = long.MinValue;

    public TokenBucket(double rate, double burst)
    {
        _rate = rate;
        _burst = burst;
        _tokens = burst;
    }

    public bool TryTake(long now, double count = 1)
    {
        Fill(now);
        if (_tokens < count)
        {
            return false;
        }

        _tokens -= count;
        return true;
    }

    /// <summary>Milliseconds until <paramref name="count"/> tokens are there; 0 when they are.</summary>
    public readonly int Wait(double count = 1) => _tokens >= count ? 0 : (int)Math.Ceiling((count - _tokens) * 1000 / _rate);

    private void Fill(long now)
    {
        if (_last != long.MinValue && now > _last)
        {
            _tokens = Math.Min(_burst, _tokens + ((now - _last) * _rate / 1000));
        }

        _last = Math.Max(_last, now);
    }
}
