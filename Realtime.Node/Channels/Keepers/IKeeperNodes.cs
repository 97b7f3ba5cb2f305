using Akka.Actor;

namespace Realtime.Node.Channels.Keepers;

/// <summary>The other nodes that a channel can come from or go to, as they are when it is asked.</summary>
internal interface IKeeperNodes
{
    /// <summary>All that hold shards or did a moment ago, also those that cannot be reached now.</summary>
    IReadOnlyList<Address> Sources { get; }

    /// <summary>Those that can take shards.</summary>
    IReadOnlyList<Address> Successors { get; }
}
