using Akka.Actor;
using Realtime.Messages.Ids;
using Realtime.Node.Channels.Core;

namespace Realtime.Node.Channels.Keepers;

/// <summary>How memory channels leave their logs and get those of their predecessors.</summary>
public sealed class ChannelKeepers
{
    private readonly KeptLogs _kept;
    private readonly IActorRef _keeper;
    private readonly IKeeperNodes _nodes;
    private readonly LostLogs _lost;

    /// <param name="keeper">The <see cref="ChannelKeeper"/> of this node.</param>
    internal ChannelKeepers(KeptLogs kept, IActorRef keeper, IKeeperNodes nodes, LostLogs lost) =>
        (_kept, _keeper, _nodes, _lost) = (kept, keeper, nodes, lost);

    /// <summary>For a node that is always alone.</summary>
    public static ChannelKeepers None { get; } = new(new KeptLogs(), ActorRefs.Nobody, new NoOtherNodes(), LostLogs.Off);

    /// <summary>Whose keepers may have the log of a channel that starts here.</summary>
    public IReadOnlyList<Address> Sources => _nodes.Sources;

    /// <summary>Keeps the log of a channel that stops here. A node that is alone keeps nothing: nobody would come for it.</summary>
    internal void Leave(ChannelName channel, MemoryLog log)
    {
        if (_nodes.Successors.Count > 0)
        {
            _kept.Leave(channel, log);
            _keeper.Tell(new ChannelKeeper.Left(channel), ActorRefs.NoSender);
        }
    }

    /// <summary>The log of a channel that starts here is lost with the node that kept it.</summary>
    internal void Lost(Address node) => _lost.With(node);

    /// <returns>Null: the channel did not stop here, or another node has its log by now.</returns>
    internal MemoryLog? TakeBack(ChannelName channel) => _kept.TryTake(channel, out var log) ? log : null;

    private sealed class NoOtherNodes : IKeeperNodes
    {
        public IReadOnlyList<Address> Sources => [];

        public IReadOnlyList<Address> Successors => [];
    }
}
