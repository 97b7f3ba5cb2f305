using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Messages.Sessions;

/// <summary>What a session says of itself to an operator. No values of the application: names and positions only.</summary>
/// <param name="Node">Where the connection is that holds it; null unless attached, and so is <paramref name="Connection"/>.</param>
/// <param name="Attachment">The newest.</param>
/// <param name="SubscriptionCount">Also when they are not listed.</param>
public sealed record SessionInfo(
    SessionPhase Phase, UserId? User, NodeId? Node, ConnectionId? Connection, Attachment Attachment, int SubscriptionCount)
{
    /// <summary>Since when it is in its phase, milliseconds since 1970; null when that was before it was read back.</summary>
    public long? Since { get; init; }

    /// <summary>When it expires unless its client comes back, milliseconds since 1970; null while it is attached.</summary>
    public long? Expires { get; init; }

    /// <summary>Of the application's state. Empty in a brief one, as is what follows.</summary>
    public IReadOnlyList<string> StateKeys { get; init; } = [];

    public IReadOnlyList<SubscriptionAccount> Subscriptions { get; init; } = [];

    /// <summary>The last things that happened to it, oldest first.</summary>
    public IReadOnlyList<SessionOccurrence> History { get; init; } = [];
}
