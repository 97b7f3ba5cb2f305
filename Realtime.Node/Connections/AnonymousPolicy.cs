namespace Realtime.Node.Connections;

/// <summary>How much the sessions without a token of one address may keep on this node, and how fast they may change it.</summary>
internal sealed record AnonymousPolicy
{
    /// <summary>Bytes of session state and presence; 0: none.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes that changes may cost per second.</summary>
    public required long Rate { get; init; }

    /// <summary>What changes may cost at once, in seconds of <see cref="Rate"/>.</summary>
    public const int BurstSeconds = 4;

    /// <summary>How long what a session has kept stays in the store after its last connection.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Changes of presence within this time are one write of the session's row.</summary>
    public TimeSpan WriteBehind { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Sessions that are remembered; beyond them, those forget first whose connections have been gone longest.</summary>
    public int Sessions { get; init; } = 200_000;
}
