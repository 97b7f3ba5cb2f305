using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>How long sessions live, <c>Realtime:Sessions</c>.</summary>
public sealed class SessionOptions
{
    /// <summary>A connection that comes back within this time was never away for the others, 0s to 10m. Default 10s.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after a start members of channels that the end of the last process cut off have to come back before others see them leave, 0s to 10m. Default 1m.</summary>
    public TimeSpan OrphanGrace { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a detached session can be resumed, 1s to 30d and no less than <see cref="Grace"/>. Default 1h.</summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Openings and subscription changes are written behind by at most this, 1ms to 250ms. Default 200ms.</summary>
    public TimeSpan WriteBehind { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Most keys of session state, 0 to 10,000. Default 64.</summary>
    public int StateKeys { get; set; } = 64;

    /// <summary>Largest session state, bytes over all keys and values, 0 to 1MiB. Default 64KiB.</summary>
    public ByteSize StateBytes { get; set; } = 64 * 1024;
}
