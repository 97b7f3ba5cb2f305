using Akka.Actor;
using Realtime.Node.Gateway.Core;

namespace Realtime.Node.Gateway;

/// <summary>What is sent to the <see cref="MoverActor"/>.</summary>
internal abstract record MoverCommand : INoSerializationVerificationNeeded
{
    private MoverCommand()
    {
    }

    /// <summary>Send everybody to other nodes, over this time. Answered with <see cref="Drained"/>.</summary>
    public sealed record Drain(TimeSpan Window) : MoverCommand;

    /// <summary>All are gone, or those that are left have nowhere to go, or the time is over, or the drain was taken back.</summary>
    public sealed record Drained(MoveSnapshot Snapshot) : MoverCommand;

    /// <summary>Takes a drain back: those who have not gone yet may stay.</summary>
    public sealed record Stay : MoverCommand;

    /// <summary>Look at the connections. Sent by the actor's own timer.</summary>
    public sealed record Tick : MoverCommand
    {
        public static Tick Instance { get; } = new();
    }
}
