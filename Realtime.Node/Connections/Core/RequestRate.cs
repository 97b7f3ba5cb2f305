namespace Realtime.Node.Connections.Core;

/// <summary>
/// Requests per second, or bytes. A refused request gets a time of its own to come back, so that those of a client that obeys do not all
/// come back together; only a client that does not obey is refused so often that it counts as a flood. Pure; times are monotonic milliseconds.
/// </summary>
/// <param name="rate">Requests per second.</param>
/// <param name="burst">Requests at once.</param>
/// <param name="flood">Refusals per second over time that are no flood.</param>
/// <param name="floodBurst">Refusals at once that are no flood: more than a client that obeys can have under way.</param>
internal struct RequestRate(double rate, double burst, double flood, double floodBurst)
{
    private TokenBucket _requests = new(rate, burst);
    private TokenBucket _refusals = new(flood, floodBurst);

    /// <summary>The longest time that a request is put off.</summary>
    private const double LongestWait = 60_000;

    /// <summary>So many refusals per second are never a flood: a client that obeys may come back within a minute.</summary>
    private const double LeastFlood = 10;

    /// <summary>The time that the last refused request was given.</summary>
    private double _next = double.MinValue;

    /// <summary>One that takes ten times the rate for a flood, and not twice the rate.</summary>
    public static RequestRate Of(double rate, double burst, double floodBurst) => new(rate, burst, Math.Max(2 * rate, LeastFlood), floodBurst);

    /// <param name="cost">What costs more than the burst would never pass, so it costs the burst.</param>
    public bool TryTake(long now, double cost = 1) => _requests.TryTake(now, Math.Min(cost, burst));

    /// <summary>A request is refused: whether there are more of these than clients that obey are given.</summary>
    public bool Floods(long now, double cost = 1) => !_refusals.TryTake(now, Math.Min(cost, floodBurst));

    /// <summary>Milliseconds after which a refused request should be sent again.</summary>
    public int Postpone(long now, double cost = 1)
    {
        var taken = Math.Min(cost, burst);
        _next = Math.Min(Math.Max(_next + (1000 * taken / rate), now + _requests.Wait(taken)), now + LongestWait);
        return (int)Math.Ceiling(_next - now);
    }
}
