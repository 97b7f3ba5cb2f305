using Akka.Actor;
using Realtime.Node.Gateway.Core;

namespace Realtime.Node.Gateway;

/// <summary>The mover for those who are no actors: the node's life cycle and operators.</summary>
internal sealed class Mover(IActorRef mover, MoverStatus status)
{
    public MoveSnapshot Snapshot => status.Snapshot;

    /// <summary>
    /// Sends everybody to other nodes. Completes when all are gone, when those that are left have nowhere to go, or when the window is over.
    /// </summary>
    public Task DrainAsync(TimeSpan window, CancellationToken cancellation) =>
        mover.Ask<MoverCommand.Drained>(new MoverCommand.Drain(window), Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>Takes a drain back: those who have not gone yet may stay.</summary>
    public void Stay() => mover.Tell(new MoverCommand.Stay(), ActorRefs.NoSender);
}
