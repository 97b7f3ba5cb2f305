using Akka.Actor;
using Realtime.Messages.Ids;
using Realtime.Node.Channels.Core;

namespace Realtime.Node.Channels.Keepers;

/// <summary>How memory channels leave their logs and get those of their predecessors.</summary>
public sealed class ChannelKeepers
{
    private readonly KeptLogs _kept;
    private readonly IActorRef _keeper;
    private readonly Func<IReadOnlyList<Address>> _others;

    /// <param name="keeper">The <see cref="ChannelKeeper"/> of this node.</param>
    /// <param name="others">The other nodes that channels can come from or go to, as they are when it is called.</param>
    internal ChannelKeepers(KeptLogs kept, IActorRef keeper, Func<IReadOnlyList<Address>> others) =>
        (_kept, _keeper, _others) = (kept, keeper, others);

    /// <summary>For a node that is always alone.</summary>
    public static ChannelKeepers None { get; } = new(new KeptLogs(), ActorRefs.Nobody, static () => []);

    public IReadOnlyList<Address> Others => _others();

    /// <summary>Keeps the log of a channel that stops here. A node that is alone keeps nothing: nobody would come for it.</summary>
    internal void Leave(ChannelName channel, MemoryLog log)
    {
        if (Others.Count > 0)
        {
            _kept.Leave(channel, log);
            _keeper.Tell(new ChannelKeeper.Left(channel), ActorRefs.NoSender);
        }
    }

    /// <returns>Null: the channel did not stop here, or another node has its log by now.</returns>
    internal MemoryLog? TakeBack(ChannelName channel) => _kept.TryTake(channel, out var log) ? log : null;
}
