using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Exports;

namespace Realtime.Node.Sessions.Core;

/// <summary>What a session's shell has to do after a step.</summary>
public abstract record SessionEffect
{
    private SessionEffect()
    {
    }

    public sealed record Reply(ReplyTo To, EntityReply Message) : SessionEffect;

    public sealed record Write(SessionWrite Row) : SessionEffect;

    public sealed record TellChannel(ChannelName Channel, ChannelRequest Request) : SessionEffect;

    public sealed record TellNode(NodeId Node, SessionNews News) : SessionEffect;

    public sealed record StartTimer(SessionTimer Timer, TimeSpan After) : SessionEffect;

    public sealed record StopTimer(SessionTimer Timer) : SessionEffect;

    /// <summary>The request was accepted and not begun: the successor does it and answers it.</summary>
    public sealed record HandOver(SessionRequest Request, ReplyTo From) : SessionEffect;

    /// <summary>Stop, and give this to the successor on another node.</summary>
    public sealed record Export(ExportedSession Session) : SessionEffect;

    /// <summary>Nothing is left in memory that is not in the row: stop.</summary>
    /// <param name="Orphaned">The row says more than this entity knows: load it again and see to its grace time.</param>
    public sealed record Passivate(bool Orphaned = false) : SessionEffect;
}
