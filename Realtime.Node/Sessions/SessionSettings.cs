using Akka.Actor;
using Realtime.Messages.Ids;
using Realtime.Node.Events.Writing;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Sessions;

/// <summary>What all sessions of a node share.</summary>
/// <param name="Self">This node, for the histories of its sessions.</param>
/// <param name="NewIds">Of the sessions' journal: logs that need no read before their first append.</param>
public sealed record SessionSettings(SessionPolicy Policy, NodeId Self, EventLogSettings Logs, NewIds NewIds)
{
    public ChannelInstruments Metrics { get; init; } = new();

    /// <summary>How often nodes renew for their connections that they hold sessions of this one.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The <see cref="SessionHolders"/> of this node.</summary>
    public IActorRef Holders { get; init; } = ActorRefs.Nobody;

    /// <summary>Whether another node takes a session over when this one gives it away; if not, nothing is sent to its successor.</summary>
    public Func<ActorSystem, bool> HasSuccessor { get; init; } = static _ => true;

    internal EventReporting Reporting { get; init; } = EventReporting.None;
}
