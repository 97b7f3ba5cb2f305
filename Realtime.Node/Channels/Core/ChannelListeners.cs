using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Channels.Core;

/// <summary>The nodes whose relays have subscribers of a channel. Ordered, so that a run of the machine can be repeated exactly.</summary>
internal sealed class ChannelListeners(ChannelName channel)
{
    private readonly SortedList<string, long> _generations = new(StringComparer.Ordinal);

    public bool IsEmpty => _generations.Count == 0;

    public IEnumerable<NodeId> Nodes => _generations.Keys.Select(node => new NodeId(node));

    public void Add(NodeId node, long generation) => _generations[node.Name] = generation;

    /// <summary>Does nothing when the node has announced itself again since.</summary>
    public void Remove(NodeId node, long generation)
    {
        if (_generations.TryGetValue(node.Name, out var known) && known <= generation)
        {
            _generations.Remove(node.Name);
        }
    }

    public void TellMessages(ChannelLog log, IReadOnlyList<LogMessage> messages, List<ChannelEffect> effects)
    {
        // Without a log the offsets are 0 and there is no epoch they could belong to.
        var epoch = messages[0].Offset > 0 ? log.Epoch : default;
        foreach (var node in _generations.Keys)
        {
            effects.Add(new ChannelEffect.Tell(new NodeId(node), new ChannelNews.Messages(channel, epoch, messages)));
        }
    }

    public void TellPresence(PresenceChange change, IReadOnlyList<Member> members, PresenceRoster roster, List<ChannelEffect> effects)
    {
        foreach (var node in _generations.Keys)
        {
            effects.Add(new ChannelEffect.Tell(
                new NodeId(node), new ChannelNews.Presence(channel, change, members, roster.Count, roster.Revision)));
        }
    }
}
