namespace Realtime.Cluster.Links;

/// <summary>How long to wait before the next try: twice as long each time, less up to a half, so that nodes that lost each other do not return in step.</summary>
internal sealed class ReconnectDelay
{
    private readonly TimeSpan _first;
    private readonly TimeSpan _most;
    private TimeSpan _next;

    public ReconnectDelay(TimeSpan first, TimeSpan most)
    {
        _first = first;
        _most = most;
        _next = first;
    }

    /// <param name="chance">From 0 to below 1.</param>
    public TimeSpan Next(double chance)
    {
        var delay = Spread(_next, chance);
        _next = _next * 2 < _most ? _next * 2 : _most;
        return delay;
    }

    public void Reset() => _next = _first;

    public static TimeSpan Spread(TimeSpan delay, double chance) => delay * (1 - (chance / 2));
}
