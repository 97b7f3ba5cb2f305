namespace Realtime.Node.Channels.Core;

/// <summary>
/// Counts publishes over a window of ten seconds that slides: a count per second, of which the oldest weighs as much as is left of it. Pure; a publish costs an addition.
/// </summary>
public sealed class PublishRate
{
    public const int Window = 10;

    /// <summary>The present second, and as many before it as the window has. Null before the first publish: most channels are quiet.</summary>
    private int[]? _counts;
    private long _second;

    /// <param name="now">Milliseconds since 1970. A clock that goes back counts in the second it had reached.</param>
    public void Add(int count, long now)
    {
        _counts ??= new int[Window + 1];
        MoveTo(now / 1000);
        _counts[_second % _counts.Length] += count;
    }

    /// <summary>Publishes per second over the window that ends now.</summary>
    public double PerSecond(long now)
    {
        if (_counts is null)
        {
            return 0;
        }

        MoveTo(now / 1000);
        var all = 0L;
        foreach (var count in _counts)
        {
            all += count;
        }

        var oldest = _counts[(_second + 1) % _counts.Length];
        var passed = Math.Clamp(now - (_second * 1000), 0, 1000) / 1000d;
        return (all - (oldest * passed)) / Window;
    }

    private void MoveTo(long second)
    {
        if (second <= _second)
        {
            return;
        }

        if (second - _second >= _counts!.Length)
        {
            Array.Clear(_counts);
        }
        else
        {
            for (var passed = _second + 1; passed <= second; passed++)
            {
                _counts[passed % _counts.Length] = 0;
            }
        }

        _second = second;
    }
}
