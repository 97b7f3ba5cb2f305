namespace Realtime.Node.Sessions;

/// <summary>How long sessions live and when they are written.</summary>
public sealed record SessionPolicy
{
    /// <summary>A connection that comes back within this time was never away for the others: presence stays.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The grace time of sessions that were attached when the last process ended. Longer, because everybody comes back at once and over the
    /// crash window, after some tries while nobody listened.
    /// </summary>
    public TimeSpan OrphanGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a detached session can be resumed.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Opening and subscription changes are written behind by at most this.</summary>
    public TimeSpan WriteBehind { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Most keys of session state.</summary>
    public int StateKeys { get; init; } = 64;

    /// <summary>Largest session state, bytes over all keys and values.</summary>
    public int StateBytes { get; init; } = 64 * 1024;
}
