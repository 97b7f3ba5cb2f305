using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;

namespace Realtime.Node.Sessions.Core;

/// <summary>What can happen to a session.</summary>
public abstract record SessionInput
{
    private SessionInput()
    {
    }

    public sealed record Asked(SessionRequest Request, ReplyTo From) : SessionInput;

    public sealed record Written(WriteOutcome Outcome) : SessionInput;

    public sealed record TimerFired(SessionTimer Timer) : SessionInput;

    /// <summary>The node is leaving: write what is to be written and passivate.</summary>
    public sealed record Leave : SessionInput;
}
