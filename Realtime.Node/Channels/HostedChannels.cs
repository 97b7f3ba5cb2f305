using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Realtime.Messages.Ids;

namespace Realtime.Node.Channels;

/// <summary>The channels that run on this node: hubs renew interest in them and operators list them without starting others.</summary>
public sealed class HostedChannels
{
    private readonly ConcurrentDictionary<ChannelName, IActorRef> _channels = [];

    public int Count => _channels.Count;

    public IEnumerable<KeyValuePair<ChannelName, IActorRef>> All => _channels;

    public bool TryFind(ChannelName channel, [NotNullWhen(true)] out IActorRef? actor) => _channels.TryGetValue(channel, out actor);

    internal void Add(ChannelName channel, IActorRef actor) => _channels[channel] = actor;

    /// <summary>Does nothing when a later actor of the channel runs already.</summary>
    internal void Remove(ChannelName channel, IActorRef actor) => _channels.TryRemove(KeyValuePair.Create(channel, actor));
}
