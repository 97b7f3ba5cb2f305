namespace Realtime.Node.Gateway;

/// <summary>
/// Gives out places in time: as many at once as the burst, then one every <c>1/rate</c> seconds, and none that would be further away than
/// anybody should wait. Pure. (The generic cell rate algorithm of ITU-T I.371, as a virtual queue.)
/// </summary>
public sealed class WaitingRoom(double rate, double burst, int patience)
{
    /// <summary>When the queue of those with a place is worked off, milliseconds.</summary>
    private double _busyUntil = double.NegativeInfinity;

    /// <param name="now">Milliseconds of any monotonic clock.</param>
    /// <param name="wait">Milliseconds until the place, or, when there is none, until it is worth asking again.</param>
    public bool TryPlace(long now, out int wait)
    {
        var start = Math.Max(_busyUntil, now);
        var ahead = start - now - (burst * 1000 / rate) + (1000 / rate);
        if (ahead > patience)
        {
            wait = patience;
            return false;
        }

        _busyUntil = start + (1000 / rate);
        wait = ahead <= 0 ? 0 : (int)Math.Ceiling(ahead);
        return true;
    }
}
