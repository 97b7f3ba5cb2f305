using Realtime.Messages.Frames;

namespace Realtime.Node.Connections;

/// <summary>What one connection may do and how long it may take.</summary>
public sealed record ConnectionPolicy
{
    /// <summary>The first frame must be here by then.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest first frame, bytes.</summary>
    public int HelloBytes { get; init; } = 64 * 1024;

    /// <summary>Silence after which the server pings.</summary>
    public TimeSpan PingEvery { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How long after a ping something must come.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Told to clients: after an unannounced loss they come back at a random moment within this.</summary>
    public TimeSpan CrashWindow { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a closing connection may take to flush and to answer the close.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes that may wait for one connection before its namespaces' lag policies apply.</summary>
    public int QueueBytes { get; init; } = 256 * 1024;

    /// <summary>A page of history or a part of a roster has this share of <see cref="QueueBytes"/> at most, so that others find room beside it.</summary>
    public const int AnswersInQueue = 4;

    /// <summary>Bytes of one large answer, or of one of its parts.</summary>
    public int AnswerBytes => QueueBytes / AnswersInQueue;

    /// <summary>A connection whose queue stands still this long is closed as too slow.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests per second over time.</summary>
    public int RequestRate { get; init; } = 500;

    /// <summary>Requests at once.</summary>
    public int RequestBurst { get; init; } = 2000;

    /// <summary>Requests without an answer, publishes included.</summary>
    public int OpenRequests { get; init; } = 512;

    /// <summary>Messages in one page of history at most.</summary>
    public int HistoryPage { get; init; } = 1000;

    /// <summary>Whether a refusal keeps to itself if the channel exists: outside development.</summary>
    public bool HidesChannels { get; init; }

    /// <summary>How many times the hello's timeout all frames of one hello may take; each of them has one to itself.</summary>
    public const int HelloFrames = 12;

    /// <summary>Positions that one hello may bring, in all its frames: more than a session can have, so that a client may be a little behind.</summary>
    public int HelloPositions => Math.Max(1_024, 2 * Limits.Subscriptions);

    /// <summary>Whether a hello without a token is one of an anonymous session; else it is refused.</summary>
    public bool TakesAnonymous { get; init; } = true;

    /// <summary>Bytes of state and presence that the sessions without a token of one address may keep; 0: none.</summary>
    public long AnonymousBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Bytes per second that they may write.</summary>
    public long AnonymousRate { get; init; } = 1024 * 1024;

    public SessionLimits Limits { get; init; } = new(64 * 1024, 128 * 1024, 256, 128, 600);
}
