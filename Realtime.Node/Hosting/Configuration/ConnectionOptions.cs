using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>What one connection may do and how long it may take, <c>Realtime:Connections</c>.</summary>
public sealed class ConnectionOptions
{
    /// <summary>The first frame must be here by then, 100ms to 60s. Default 5s.</summary>
    public TimeSpan HelloTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest first frame, bytes, 1KiB to 1MiB and no more than <see cref="FrameBytes"/>. Default 64KiB.</summary>
    public ByteSize HelloBytes { get; set; } = 64 * 1024;

    /// <summary>Largest frame from a client, bytes, 1KiB to 32MiB. Default 128KiB.</summary>
    public ByteSize FrameBytes { get; set; } = 128 * 1024;

    /// <summary>Subscriptions of one session, 1 to 100,000. Default 256.</summary>
    public int Subscriptions { get; set; } = 256;

    /// <summary>Silence after which the server pings, 1s to 10m, in whole seconds. Default 25s.</summary>
    public TimeSpan PingEvery { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long after a ping something must come, 1s to 2m, in whole seconds. Default 10s.</summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After an unannounced loss clients come back at a random moment within this, 0s to 10m. Default 2s.</summary>
    public TimeSpan CrashWindow { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a closing connection may take to flush and to answer, 100ms to 60s. Default 5s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes that may wait for one connection before the lag policies apply, 4KiB to 64MiB and no less than <see cref="FrameBytes"/>. Default 256KiB.</summary>
    public ByteSize QueueBytes { get; set; } = 256 * 1024;

    /// <summary>A connection whose queue stands still this long is closed, 1s to 1h. Default 30s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests per second over time, 1 to 1,000,000. Default 500.</summary>
    public int RequestRate { get; set; } = 500;

    /// <summary>Requests at once, no less than <see cref="RequestRate"/>, to 1,000,000. Default 2,000.</summary>
    public int RequestBurst { get; set; } = 2000;

    /// <summary>Requests without an answer, 1 to 100,000 and no less than <c>Channels:InFlight</c>. Default 512.</summary>
    public int OpenRequests { get; set; } = 512;

    /// <summary>Messages in one page of history at most, 1 to 10,000; a page ends earlier when it has a quarter of <see cref="QueueBytes"/>. Default 1,000.</summary>
    public int HistoryPage { get; set; } = 1000;

    /// <summary>
    /// Bytes of state and presence that sessions without a token may keep on this node, together for one client address (<c>too_many</c> beyond it); 0 to 1GiB, 0: none. They count while
    /// a connection stands for the session and for <c>Sessions:TimeToLive</c> after. Default 8MiB.
    /// </summary>
    public ByteSize AnonymousBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// Bytes per second that sessions without a token of one client address may write (<c>rate_limited</c> beyond it), and four times as many at once; 1KiB to 1GiB. A change of state costs what the
    /// session holds after it, because all of it is written. Default 1MiB.
    /// </summary>
    public ByteSize AnonymousRate { get; set; } = 1024 * 1024;
}
