using Akka.Actor;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Sessions;

/// <summary>What a session and the <see cref="SessionHolders"/> of its node tell each other about a connection of another node.</summary>
internal abstract record HolderChange : INoSerializationVerificationNeeded
{
    private HolderChange()
    {
    }

    /// <summary>The sender, a session, is held by this connection. Sent before the connection hears of it.</summary>
    public sealed record Held(IActorRef Connection, SessionHold Hold) : HolderChange;

    /// <summary>The sender is not held from afar any more.</summary>
    public sealed record Released(SessionId Session) : HolderChange;

    /// <summary>To the session: its connection does not renew, or its node is gone.</summary>
    public sealed record Lost(IActorRef Connection) : HolderChange;
}
