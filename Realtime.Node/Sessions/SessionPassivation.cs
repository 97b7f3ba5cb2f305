using Akka.Actor;

namespace Realtime.Node.Sessions;

/// <summary>The shard stops a session that asked for it because its record says all.</summary>
public sealed class SessionPassivation : INoSerializationVerificationNeeded
{
    private SessionPassivation()
    {
    }

    public static SessionPassivation Instance { get; } = new();
}
