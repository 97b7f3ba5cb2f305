using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>What can happen to a connection.</summary>
public abstract record ConnectionInput
{
    private ConnectionInput()
    {
    }

    public sealed record Came(ClientFrame Frame) : ConnectionInput;

    public sealed record Replied(long Tag, EntityReply Reply) : ConnectionInput;

    public sealed record Joined(ChannelName Channel, SubscriptionInfo Info) : ConnectionInput;

    public sealed record JoinRefused(ChannelName Channel, EntityReply.Refused Refusal) : ConnectionInput;

    public sealed record Left(ChannelName Channel) : ConnectionInput;

    public sealed record Described(long Tag, SubscriptionInfo Info) : ConnectionInput;

    /// <summary>The session, the transport or the node wants the connection closed, after what it has accepted is answered.</summary>
    public sealed record Dismissed(CloseCode Code) : ConnectionInput;

    /// <summary>The node asks the client to connect elsewhere.</summary>
    public sealed record MoveAsked(ServerFrame.Move Notice) : ConnectionInput;

    /// <summary>The peer reads too slowly for what it asks for: there is no use in waiting for its answers.</summary>
    public sealed record TooSlow : ConnectionInput;

    /// <summary>The queue has room for a large answer.</summary>
    public sealed record Room : ConnectionInput;

    /// <summary>Time has passed.</summary>
    public sealed record Sweep(TrafficSnapshot Traffic) : ConnectionInput;

    /// <param name="ByPeer">The client closed it, or answered our close.</param>
    public sealed record LinkLost(bool ByPeer = false) : ConnectionInput;

    /// <summary>The owner of the session may have changed, or have lost what this connection told it.</summary>
    public sealed record OwnerMoved : ConnectionInput;
}
