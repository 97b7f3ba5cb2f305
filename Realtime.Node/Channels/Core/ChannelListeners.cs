using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;

namespace Realtime.Node.Channels.Core;

/// <summary>The nodes whose relays have subscribers of a channel. Ordered, so that a run of the machine can be repeated exactly.</summary>
internal sealed class ChannelListeners(ChannelName channel)
{
    /// <summary>
    /// Milliseconds for which a listener counts although its node is not known here: a node that has just joined can listen before this
    /// one has read of it, and would not listen again.
    /// </summary>
    private const long UnknownFor = 10_000;

    private readonly SortedList<string, Listener> _listeners = new(StringComparer.Ordinal);
    private NodeId _self;
    private int _local;

    public bool IsEmpty => _listeners.Count == 0;

    /// <summary>Some are on other nodes: a word to them can be lost with a link.</summary>
    public bool HasRemote => _listeners.Count > _local;

    public IEnumerable<NodeId> Nodes => _listeners.Keys.Select(node => new NodeId(node));

    public void Open(NodeId self, IReadOnlyList<(NodeId Node, long Generation)> listeners, long now, List<ChannelEffect> effects)
    {
        _self = self;
        foreach (var (node, generation) in listeners)
        {
            Add(node, generation, now, effects);
        }
    }

    public IReadOnlyList<(NodeId Node, long Generation)> Export() =>
        [.. _listeners.Select(entry => (new NodeId(entry.Key), entry.Value.Generation))];

    public void Add(NodeId node, long generation, long now, List<ChannelEffect> effects)
    {
        _listeners[node.Name] = new Listener(generation, now);
        _local = _listeners.ContainsKey(_self.Name ?? "") ? 1 : 0;
        effects.Add(new ChannelEffect.Heard(node, generation));
    }

    /// <summary>Does nothing when the node has announced itself again since.</summary>
    public void Remove(NodeId node, long generation, List<ChannelEffect> effects)
    {
        if (_listeners.TryGetValue(node.Name, out var known) && known.Generation <= generation)
        {
            Remove(node, effects);
        }
    }

    /// <summary>The node is not in the cluster.</summary>
    public void Drop(NodeId node, long now, List<ChannelEffect> effects)
    {
        if (_listeners.TryGetValue(node.Name, out var known) && now - known.Since >= UnknownFor)
        {
            Remove(node, effects);
        }
    }

    public void TellMessages(ChannelLog log, IReadOnlyList<LogMessage> messages, IReadOnlyList<TraceContext> traces, List<ChannelEffect> effects)
    {
        // Without a log the offsets are 0 and there is no epoch they could belong to.
        var epoch = messages[0].Offset > 0 ? log.Epoch : default;
        foreach (var node in _listeners.Keys)
        {
            effects.Add(new ChannelEffect.Tell(new NodeId(node), new ChannelNews.Messages(channel, epoch, messages) { Traces = traces }));
        }
    }

    /// <summary>Repairs a lost last message: nothing that comes later would show that it is missing.</summary>
    public void TellHead(ChannelLog log, List<ChannelEffect> effects)
    {
        foreach (var node in _listeners.Keys)
        {
            if (node != _self.Name)
            {
                effects.Add(new ChannelEffect.Tell(new NodeId(node), new ChannelNews.Head(channel, log.HeadPosition)));
            }
        }
    }

    public void TellPresence(PresenceChange change, IReadOnlyList<Member> members, PresenceRoster roster, List<ChannelEffect> effects)
    {
        foreach (var node in _listeners.Keys)
        {
            effects.Add(new ChannelEffect.Tell(
                new NodeId(node), new ChannelNews.Presence(channel, change, members, roster.Count, roster.Revision)));
        }
    }

    private void Remove(NodeId node, List<ChannelEffect> effects)
    {
        _listeners.Remove(node.Name);
        _local = _listeners.ContainsKey(_self.Name ?? "") ? 1 : 0;
        effects.Add(new ChannelEffect.Heard(node, null));
    }

    private readonly record struct Listener(long Generation, long Since);
}
