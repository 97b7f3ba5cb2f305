using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections.Core;

/// <summary>What a connection's actor has to do after a step, in order.</summary>
public abstract record ConnectionEffect
{
    private ConnectionEffect()
    {
    }

    public sealed record SendToClient(ServerFrame Frame) : ConnectionEffect;

    public sealed record SendToSession(SessionRequest Request) : ConnectionEffect;

    public sealed record SendToChannel(ChannelRequest Request) : ConnectionEffect;

    /// <summary>The application has a say; its verdict comes as <see cref="ConnectionInput.Decided"/> with the same tag.</summary>
    internal sealed record Ask(long Tag, Question Question) : ConnectionEffect;

    /// <summary><see cref="ConnectionInput.Room"/> is due as soon as the queue has room for a large answer.</summary>
    public sealed record AwaitRoom : ConnectionEffect;

    /// <param name="Presence">What others see of the session there; null: nothing.</param>
    public sealed record Join(ChannelName Channel, StartFrom From, Member? Presence) : ConnectionEffect
    {
        /// <summary>Whether the client is told who is present there.</summary>
        public bool SeesPresence { get; init; } = true;
    }

    /// <summary>The reply about the subscription is out: its messages may follow.</summary>
    public sealed record Begin(ChannelName Channel, bool WithRoster) : ConnectionEffect;

    /// <param name="Withdraws">The session is not present there any more; false: it may come back.</param>
    public sealed record Leave(ChannelName Channel, bool Withdraws) : ConnectionEffect;

    public sealed record ShowPresence(ChannelName Channel, Member Member) : ConnectionEffect;

    /// <summary>Whether the client is told from now on who is present there.</summary>
    public sealed record SeePresence(ChannelName Channel, bool Sees) : ConnectionEffect;

    public sealed record Describe(ChannelName Channel, long Tag) : ConnectionEffect;

    /// <summary>The members of the channel have to follow what was sent.</summary>
    public sealed record SendRoster(ChannelName Channel) : ConnectionEffect;

    /// <summary>Something was refused for a limit; counted by whose it is, and of what.</summary>
    public sealed record OverLimit(LimitScope Scope, LimitKind Kind) : ConnectionEffect;

    /// <summary>Goodbye, flush, close.</summary>
    public sealed record Close(ServerFrame.Goodbye Goodbye) : ConnectionEffect;

    /// <summary>Drop the link now.</summary>
    public sealed record Abort : ConnectionEffect;

    /// <summary>Nothing is left to do: the connection is over.</summary>
    public sealed record Stop : ConnectionEffect;
}
