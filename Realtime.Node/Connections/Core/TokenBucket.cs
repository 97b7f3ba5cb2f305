namespace Realtime.Node.Connections.Core;

/// <summary>
/// A rate with a burst: holds up to <c>burst</c> tokens and gains <c>rate</c> per second. Pure: time comes in, in
/// milliseconds of any monotonic clock. (Token bucket as in RFC 2697.)
/// </summary>
public struct TokenBucket
{
    /// <summary>What additions of fractions may lack; far below a token.</summary>
    private const double Rounding = 1e-9;

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
        if (_tokens + Rounding < count)
        {
            return false;
        }

        _tokens -= count;
        return true;
    }

    /// <summary>Takes what is used already, and owes what is not there: <see cref="Wait"/> for 0 says until when.</summary>
    public void Owe(long now, double count)
    {
        Fill(now);
        _tokens -= count;
    }

    /// <summary>Milliseconds until <paramref name="count"/> tokens are there; 0 when they are.</summary>
    public readonly int Wait(double count = 1) => _tokens + Rounding >= count ? 0 : (int)Math.Ceiling((count - _tokens - Rounding) * 1000 / _rate);

    private void Fill(long now)
    {
        if (_last != long.MinValue && now > _last)
        {
            _tokens = Math.Min(_burst, _tokens + ((now - _last) * _rate / 1000));
        }

        _last = Math.Max(_last, now);
    }
}
