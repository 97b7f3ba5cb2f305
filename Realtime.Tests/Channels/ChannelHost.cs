using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Namespaces;
using Realtime.Tests.Support;

namespace Realtime.Tests.Channels;

/// <summary>The region of one channel: makes it, asks it, and takes what it leaves behind.</summary>
internal sealed class ChannelHost : IEntityHost, IReplyReceiver, IDisposable
{
    private readonly ChannelKind _kind;
    private readonly TimerQueue _timers;
    private readonly TaskCompletionSource<Remains> _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Entity _entity;
    private long _lastTag;

    public ChannelHost(HeldJournal journal, NamespacePolicy? space = null, ReadOnlyMemory<byte>? import = null, ulong epoch = 99)
    {
        _timers = new TimerQueue(Clock);
        var log = new ChannelLogging(NullLogger<ChannelLogging>.Instance);
        _kind = new ChannelKind(new ChannelServices(
            journal, new NamespaceTable([space ?? new NamespacePolicy("chat")]), new ChannelPolicy { RecentMessages = 1 }, _timers, Clock,
            () => new Epoch(epoch), new ListenerLedger(new RecordingCluster(), log), log));
        _entity = _kind.Create(EntityAddress.Of(ChannelRig.Name), this, import);
    }

    public ManualClock Clock { get; } = new();

    public NodeId Self => ChannelRig.Node;

    public ShardFence? Fence { get; } = new ShardFence(new ShardId(0), 3, new Incarnation(1));

    public HashSet<NodeId> Members { get; } = [ChannelRig.Node, RecordingCluster.Two];

    public ConcurrentQueue<(NodeId To, NodeMessage Message)> News { get; } = [];

    public ConcurrentDictionary<long, EntityReply> Answers { get; } = [];

    /// <summary>What is left of the entity once it has stopped.</summary>
    public Task<Remains> WhenReleased => _released.Task.Within("the channel to stop");

    public bool IsReleased => _released.Task.IsCompleted;

    public long Ask(ChannelRequest request)
    {
        var tag = Interlocked.Increment(ref _lastTag);
        _entity.Tell(new EntityInput(request, new ReplyTo(this, tag))).ShouldBeTrue("the channel has stopped");
        return tag;
    }

    public long Publish(string text) => Ask(new ChannelRequest.Publish(ChannelRig.Text(text), ChannelRig.Ann, null));

    public void Signal(object signal) => _entity.Tell(new EntityInput(signal));

    public bool IsMember(NodeId node) => Members.Contains(node);

    /// <summary>What it told sessions.</summary>
    public ConcurrentQueue<(EntityAddress To, EntityMessage Message)> Words { get; } = [];

    public void Tell(EntityAddress to, EntityMessage message) => Words.Enqueue((to, message));

    public void TellNode(NodeId node, NodeMessage message) => News.Enqueue((node, message));

    public void OnReply(long tag, EntityReply reply) => Answers.TryAdd(tag, reply).ShouldBeTrue($"request {tag} is answered twice");

    public void Released(
        EntityAddress address, Entity entity, IReadOnlyList<EntityInput> undelivered, Exception? failure, ReadOnlyMemory<byte>? export) =>
        _released.SetResult(new Remains(undelivered, failure, export));

    public void Dispose() => _timers.Dispose();

    internal sealed record Remains(IReadOnlyList<EntityInput> Undelivered, Exception? Failure, ReadOnlyMemory<byte>? Export)
    {
        public IEnumerable<string> Publishes => Undelivered.Select(input => input.Message).OfType<ChannelRequest.Publish>()
            .Select(publish => ChannelRig.TextOf(new LogMessage(0, publish.Payload, 0)));
    }
}
