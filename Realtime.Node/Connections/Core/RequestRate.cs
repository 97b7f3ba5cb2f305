

namespace Realtime.Node.Connections.Core;

/// <summary>
/// Requests per second of one connection. A refused request gets a time of its own to come back, so that those of a client that obeys do not all
/// come back together; only a client that does not obey is refused so often that it counts as a flood. Pure; times are monotonic milliseconds.
/// </summary>
/// <param name="rate">Requests per second.</param>
/// <param name="burst">Requests at once.</param>
/// <param name="flood">Refusals per second that end the connection.</param>
internal struct RequestRate(double rate, double burst, int flood)
{
    private TokenBucket _requests = new(rate, burst);
    private TokenBucket _refusals = new(flood, flood);

    /// <summary>The longest time that a request is put off.</summary>
    private const double LongestWait = 60_000;

    /// <summary>The time that the last refused request was given.</summary>
    private double _next = double.MinValue;

    public bool TryTake(long now) => _requests.TryTake(now);

    /// <summary>Milliseconds after which a refused request should be sent again; null when the client floods.</summary>
    public int? Refuse(long now)
    {
        if (!_refusals.TryTake(now))
        {
            return null;
        }

        _next = Math.Min(Math.Max(_next + (1000 / rate), now + _requests.Wait()), now + LongestWait);
        return (int)Math.Ceiling(_next - now);
    }
}
