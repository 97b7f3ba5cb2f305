namespace Realtime.Node.Sessions.Core;

/// <summary>Whether the session's actor goes on.</summary>
public enum ActorPhase
{
    Running,

    /// <summary>Nothing is left in memory that is not in the log; the shard was asked to stop the actor.</summary>
    Passivating,

    /// <summary>The shard moves: what is to be written is written, then the actor stops.</summary>
    HandingOff,

    Stopped,
}
