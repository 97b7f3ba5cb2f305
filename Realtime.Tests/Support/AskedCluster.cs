using System.Threading.Channels;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Support;

/// <summary>A cluster whose entities are answered for by the test.</summary>
internal sealed class AskedCluster(int shards, params int[] owned) : ICluster
{
    private readonly Channel<Question> _asked = Channel.CreateUnbounded<Question>();

    public event Action<OwnersChange>? OwnersChanged;

    public event Action<Standing>? StandingChanged
    {
        add { }
        remove { }
    }

    public NodeId Self { get; } = new("one");

    public ClusterView View { get; } = OneOwner.Of(shards, ("one", 1));

    public Standing Standing { get; set; }

    public bool Owns(EntityAddress address) => owned.Contains(View.ShardOf(address).Value);

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

    public void Tell(EntityAddress to, EntityMessage message)
    {
    }

    public void Ask(EntityAddress to, EntityMessage message, IReplyReceiver receiver, long tag) =>
        _asked.Writer.TryWrite(new Question(to, message, receiver, tag)).ShouldBeTrue();

    public void TellNode(NodeId node, NodeMessage message)
    {
    }

    public Task DrainAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task LeaveAsync(CancellationToken cancellation) => Task.CompletedTask;

    public void Move(params int[] moved) =>
        OwnersChanged!.Invoke(new OwnersChange(View, moved.Select(shard => new ShardId(shard)).ToHashSet()));

    public Task<Question> NextAsync(string what) => _asked.Reader.ReadAsync().AsTask().Within(what);

    public bool TryNext(out Question? question) => _asked.Reader.TryRead(out question);

    internal sealed record Question(EntityAddress To, EntityMessage Message, IReplyReceiver From, long Tag)
    {
        public void Answer(EntityReply reply) => From.OnReply(Tag, reply);
    }
}
