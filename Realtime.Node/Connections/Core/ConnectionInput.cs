using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Connections.Core;

/// <summary>What can happen to a connection.</summary>
public abstract record ConnectionInput : INoSerializationVerificationNeeded
{
    private ConnectionInput()
    {
    }

    /// <param name="Bytes">Its share of the transport message that it came in.</param>
    public sealed record FrameReceived(ClientFrame Frame, int Bytes = 0) : ConnectionInput;

    public sealed record SessionReplied(SessionReply Reply) : ConnectionInput;

    /// <summary>The session's actor stops and forgets its connection.</summary>
    public sealed record SessionMoved : ConnectionInput;

    /// <summary>The application has subscribed the session.</summary>
    public sealed record SubscribedByServer(SessionSubscription Subscription, string? Reason) : ConnectionInput;

    /// <summary>The application has ended a subscription.</summary>
    public sealed record UnsubscribedByServer(ChannelName Channel, string? Reason) : ConnectionInput;

    /// <summary>
    /// A node is no member any more: what was sent to it was lost, and what is sent from now on reaches where its sessions and channels start.
    /// </summary>
    public sealed record NodeRemoved : ConnectionInput
    {
        public static NodeRemoved Instance { get; } = new();
    }

    public sealed record ChannelReplied(ChannelReply Reply) : ConnectionInput;

    /// <summary>The application has decided.</summary>
    internal sealed record Decided(long Tag, Verdict Verdict) : ConnectionInput;

    public sealed record Joined(ChannelName Channel, SubscriptionInfo Info) : ConnectionInput;

    public sealed record JoinRefused(ChannelName Channel, ChannelReply.Refused Reason) : ConnectionInput;

    public sealed record Left(ChannelName Channel) : ConnectionInput;

    public sealed record Described(long Tag, SubscriptionInfo Info) : ConnectionInput;

    /// <summary>A feed has failed: what its client has seen only the client knows.</summary>
    public sealed record FeedFailed : ConnectionInput;

    /// <summary>The session, the transport or the node wants the connection closed, after what it has accepted is answered.</summary>
    public sealed record CloseRequested(CloseCode Code) : ConnectionInput;

    /// <summary>The node asks the client to connect elsewhere.</summary>
    public sealed record MoveRequested(ServerFrame.Move Notice) : ConnectionInput;

    /// <summary>The client reads too slowly for what it asks for; it would not read answers either.</summary>
    public sealed record TooSlow : ConnectionInput;

    /// <summary>The queue has room for a large answer.</summary>
    public sealed record Room : ConnectionInput;

    /// <summary>Time has passed.</summary>
    public sealed record Sweep(TrafficSnapshot Traffic) : ConnectionInput;

    /// <param name="ByPeer">The client closed it, or answered our close.</param>
    public sealed record LinkClosed(bool ByPeer = false) : ConnectionInput;
}
