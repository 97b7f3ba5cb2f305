using Akka.Actor;

namespace Realtime.Node.Sessions;

/// <summary>The session's shard moves to another node: what is staged is written or refused, then the actor stops.</summary>
public sealed class SessionHandOff : INoSerializationVerificationNeeded
{
    private SessionHandOff()
    {
    }

    public static SessionHandOff Instance { get; } = new();
}
