using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Channels;

/// <summary>A cluster of two nodes as one of them sees it: keeps what it is told to carry, and is told by the test who owns what.</summary>
internal sealed class RecordingCluster : ICluster
{
    public const int Shards = 4;

    public static readonly NodeId One = new("one");
    public static readonly NodeId Two = new("two");

    private readonly Lock _gate = new();
    private readonly List<(EntityAddress To, EntityMessage Message)> _told = [];
    private readonly List<(NodeId To, NodeMessage Message)> _nodes = [];
    private readonly List<(EntityMessage Message, ReplyTo From)> _asked = [];

    public NodeId Self => One;

    public ClusterView View { get; set; } = ViewOf(2);

    public Standing Standing => Standing.Sure;

    public event Action<OwnersChange>? OwnersChanged;

    public event Action<Standing>? StandingChanged
    {
        add { }
        remove { }
    }

    public IReadOnlyList<(EntityAddress To, EntityMessage Message)> Told => Copy(_told);

    public IReadOnlyList<(NodeId To, NodeMessage Message)> ToNodes => Copy(_nodes);

    public IReadOnlyList<(EntityMessage Message, ReplyTo From)> Asked => Copy(_asked);

    /// <summary>Node one or two owns all shards.</summary>
    public static ClusterView ViewOf(long owner) => ClusterView.Of(new ViewDelta(
        owner, 1, Shards, [Row(1, One), Row(2, Two)],
        [.. Enumerable.Range(0, Shards).Select(shard => new ShardRow(new ShardId(shard), owner, new Incarnation(owner)))]));

    public void Clear()
    {
        lock (_gate)
        {
            _told.Clear();
            _nodes.Clear();
            _asked.Clear();
        }
    }

    public void MoveAll() => OwnersChanged?.Invoke(new OwnersChange(View, Enumerable.Range(0, Shards).Select(i => new ShardId(i)).ToHashSet()));

    public void Register(IEntityKind kind)
    {
    }

    public void Register(INodeReceiver receiver)
    {
    }

    public void Register(IInquiryReceiver receiver)
    {
    }

    public Task<ReadOnlyMemory<byte>> InquireAsync(NodeId node, ReadOnlyMemory<byte> question, CancellationToken cancellation) =>
        throw new NodeUnreachableException(node, "there are no links here");

    public bool Owns(EntityAddress address) => View.OwnerOf(View.ShardOf(address))?.Profile.Name == Self;

    public void Tell(EntityAddress to, EntityMessage message)
    {
        lock (_gate)
        {
            _told.Add((to, message));
        }
    }

    public void Ask(EntityAddress to, EntityMessage message, IReplyReceiver receiver, long tag)
    {
        lock (_gate)
        {
            _asked.Add((message, new ReplyTo(receiver, tag)));
        }
    }

    public void TellNode(NodeId node, NodeMessage message)
    {
        lock (_gate)
        {
            _nodes.Add((node, message));
        }
    }

    public Task DrainAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task LeaveAsync(CancellationToken cancellation) => Task.CompletedTask;

    private static NodeRow Row(long incarnation, NodeId name) => new(
        new Incarnation(incarnation), new NodeProfile(name, default, "", null, null, 1, 1), NodeStatus.Active, 0, 0);

    private List<T> Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }
}
