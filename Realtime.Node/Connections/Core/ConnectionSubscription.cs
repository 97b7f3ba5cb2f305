using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Auth;

namespace Realtime.Node.Connections.Core;

/// <summary>One subscription of a connection, from the wish to the end.</summary>
/// <param name="requestId">The client's id of the subscribe; 0 when it came with the hello.</param>
internal sealed class ConnectionSubscription(ChannelName channel, long requestId)
{
    public ChannelName Channel => channel;

    public long RequestId => requestId;

    public SubscriptionStage Stage { get; set; } = SubscriptionStage.Joining;

    public Payload? Presence { get; set; }

    public bool ByServer { get; set; }

    /// <summary>What the application says to the client about having made it.</summary>
    public string? Reason { get; init; }

    /// <summary>Until when a subscription token speaks for it, milliseconds since 1970; null: none does.</summary>
    public long? TokenUntil { get; set; }

    /// <summary>When its token is over, if it has one with an end.</summary>
    public long? Expires => TokenUntil is SubscriptionVerdict.Always ? null : TokenUntil;

    /// <summary>Whether the client is told who is present there.</summary>
    public bool SeesPresence { get; set; } = true;

    /// <summary>It differs from what the session had when the connection attached.</summary>
    public bool HasNews { get; init; }

    /// <summary>The client was told that it is subscribed.</summary>
    public bool IsTold { get; set; }

    /// <summary>Why the server has ended it: the name of an error, or the application's words, which may be empty. Null: it has not.</summary>
    public string? Dropped { get; set; }

    /// <summary>The session had it when the connection attached.</summary>
    public bool IsStored { get; init; }

    /// <summary>What the session has as its position: acknowledged, or where it began.</summary>
    public StreamPosition? Position { get; set; }

    /// <summary>Whether the session is to have it.</summary>
    public bool IsInSession => Stage is SubscriptionStage.Active || (IsStored && Stage is SubscriptionStage.Joining);

    /// <summary>What came for this channel while it was joining or leaving; handled when that is over.</summary>
    public Queue<ClientFrame>? Later { get; set; }

    /// <summary>The client's id of the unsubscribe under way.</summary>
    public long LeaveRequestId { get; set; }

    public SessionSubscription ForSession() => new(channel, Position, Presence, ByServer) { TokenUntil = TokenUntil };
}
