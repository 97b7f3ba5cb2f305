using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Connections.Core;

/// <summary>What a connection's shell has to do after a step, in order.</summary>
public abstract record ConnectionEffect
{
    private ConnectionEffect()
    {
    }

    public sealed record Send(ServerFrame Frame) : ConnectionEffect;

    public sealed record AskSession(SessionId Session, SessionRequest Request, long Tag) : ConnectionEffect;

    public sealed record TellSession(SessionId Session, SessionRequest Request) : ConnectionEffect;

    public sealed record AskChannel(ChannelName Channel, ChannelRequest Request, long Tag) : ConnectionEffect;

    /// <summary>Say <see cref="ConnectionInput.Room"/> as soon as the queue has room for a large answer.</summary>
    public sealed record AwaitRoom : ConnectionEffect;

    public sealed record Join(ChannelName Channel, SessionId Session, StartFrom From) : ConnectionEffect;

    /// <summary>The word about the subscription is out: its messages may follow.</summary>
    public sealed record Begin(ChannelName Channel, bool WithRoster) : ConnectionEffect;

    public sealed record Leave(ChannelName Channel) : ConnectionEffect;

    public sealed record Describe(ChannelName Channel, long Tag) : ConnectionEffect;

    /// <summary>Who is on the channel has to follow what was sent.</summary>
    public sealed record SendRoster(ChannelName Channel) : ConnectionEffect;

    /// <summary>Goodbye, flush, close.</summary>
    public sealed record Close(ServerFrame.Goodbye Goodbye) : ConnectionEffect;

    /// <summary>Drop the link now.</summary>
    public sealed record Abort : ConnectionEffect;

    /// <summary>Nothing is left to do: the connection is over.</summary>
    public sealed record Finish : ConnectionEffect;
}
