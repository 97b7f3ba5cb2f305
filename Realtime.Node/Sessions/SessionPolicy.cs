namespace Realtime.Node.Sessions;

/// <summary>How long sessions live and when they are written.</summary>
public sealed record SessionPolicy
{
    /// <summary>A connection that comes back within this time was never away for the others: presence stays.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a session without a connection can be resumed. While it has one, its record is touched each quarter of it.
    /// </summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Opening and subscription changes are written behind by at most this.</summary>
    public TimeSpan WriteBehind { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a session that is held keeps its log open after a write: the next write then needs no read.</summary>
    public TimeSpan LogLinger { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>After a write found no room, the next one waits so long.</summary>
    public TimeSpan FullPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A withdrawal that a channel has not answered is sent again after this, then after twice as long, and so on.</summary>
    public TimeSpan WithdrawAgain { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan WithdrawAgainMost { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A session that the application was told of and whose log was never written is reported as over after this: its connection, which knows it, has attached again by then.</summary>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most subscriptions when the application makes them; connections bound those that clients make.</summary>
    public int Subscriptions { get; init; } = 256;

    /// <summary>Most keys of session state.</summary>
    public int StateKeys { get; init; } = 64;

    /// <summary>Largest session state, bytes over all keys and values.</summary>
    public int StateBytes { get; init; } = 64 * 1024;

    public TimeSpan TouchEvery => TimeToLive / 4;
}
