namespace Realtime.Node.Feeds;

/// <summary>The times and sizes of feeds.</summary>
internal sealed record FeedPolicy
{
    /// <summary>Parents of feeds: as many feeds can be started at once, and a parent's table of children stays small.</summary>
    public int Hubs { get; init; } = 16;

    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Renewals without an answer after which a channel's owner counts as gone.</summary>
    public int SilentRenewals { get; init; } = 2;

    /// <summary>Bytes of followed channels in one page of a renewal from node to node, about.</summary>
    public int RenewalBytes { get; init; } = 32 * 1024;

    /// <summary>Feeds of one hub that listen anew together when many have lost their owners; each may start a channel.</summary>
    public int ListensAtOnce { get; init; } = 20;

    /// <summary>Time between these, and before the first: the shard region has to hear of a node that is gone, too.</summary>
    public TimeSpan ListenPause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often a feed that waits for something looks at it. Everything below that is in seconds counts these.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Seconds without a subscriber after which a feed stops: long enough for a reload.</summary>
    public int IdleSeconds { get; init; } = 10;

    /// <summary>Seconds after which a request without an answer is sent again.</summary>
    public int RepeatSeconds { get; init; } = 2;

    /// <summary>Seconds after which a join without an answer is refused.</summary>
    public int JoinSeconds { get; init; } = 5;

    /// <summary>Messages in one page of a log.</summary>
    public int PageMessages { get; init; } = 512;

    public int PageBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes of claims or members in one request; below the frame size between nodes.</summary>
    public int RequestBytes { get; init; } = 64 * 1024;

    /// <summary>Most bytes of messages that are encoded and queued as one.</summary>
    public int RunBytes { get; init; } = 32 * 1024;
}
