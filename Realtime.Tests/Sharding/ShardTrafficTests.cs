using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Links;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding;
using Realtime.Cluster.Sharding.Core;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sharding;

/// <summary>Messages to entities that are stopping here while another node owns their shard already.</summary>
public sealed class ShardTrafficTests
{
    private static readonly ShardId Id = new(0);
    private static readonly EntityAddress To = new(EntityKind.Channel, "a");
    private static readonly Incarnation Other = new(2);
    private static readonly ShardRow Mine = new(Id, 1, new Incarnation(1));
    private static readonly ShardRow Theirs = new(Id, 2, Other);

    private readonly Node _node = new();
    private readonly TaskCompletionSource<RegionRemains> _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ShardResidence _here;
    private readonly ShardTraffic _traffic;

    public ShardTrafficTests()
    {
        _here = new ShardResidence(_node, Emptied);
        _traffic = new ShardTraffic(Id, _node, _here, new RouteLimits());
    }

    [Fact]
    public async Task What_a_stopping_entity_did_not_begin_comes_before_what_was_sent_since()
    {
        await BeginAsync(1, 2);

        _traffic.Follow(Theirs, mine: false);
        _traffic.Add(To, Message(3), default);
        _node.Sent.ShouldBeEmpty("the first are still here");

        _node.Go.SetResult();
        await _emptied.Task.Within("the entity to have stopped");
        var (right, remains) = _here.TakeRemains()!.Value;
        _traffic.PassOn(Theirs, mine: false, right, remains);
        _traffic.Follow(Theirs, mine: false);
        _node.Sent.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task An_entity_that_does_not_stop_holds_nobody_up_for_longer_than_patience()
    {
        await BeginAsync(1);
        _traffic.Follow(Theirs, mine: false);
        _traffic.Add(To, Message(2), default);

        _node.Time = new RouteLimits().Patience;
        _traffic.Tick();
        _node.Sent.ShouldBeEmpty();
        _node.Time++;
        _traffic.Tick();
        _node.Sent.ShouldBe([2]);
        _node.Go.SetResult();
    }

    private static ChannelRequest.Publish Message(long number) => new(default, default, null) { Producer = ProducerId.FromStore("p"), Sequence = number };

    private async Task BeginAsync(params int[] messages)
    {
        _here.Begin(new ShardFence(Id, Mine.Epoch, Mine.Owner), []);
        _traffic.Follow(Mine, mine: true);
        foreach (var message in messages)
        {
            _traffic.Add(To, Message(message), default);
        }

        _here.Stop(Entity.Lost.Instance);
        await _node.Stopping.Task.Within("the entity to hear of it");
    }

    private void Emptied(RegionHost host, RegionRemains remains)
    {
        _here.Emptied(host, remains);
        _emptied.SetResult(remains);
    }

    /// <summary>Begins nothing, and stops when it may.</summary>
    private sealed class Slow(EntityAddress address, IEntityHost host, Node node) : Entity(address, host)
    {
        protected override void Receive(EntityInput input)
        {
            switch (input.Message)
            {
                case Lost:
                    node.Stopping.SetResult();
                    node.Go.Task.ContinueWith(_ => Tell(new EntityInput(this)), TaskScheduler.Default);
                    break;
                case EntityMessage:
                    HandOver(input);
                    break;
                default:
                    Stop();
                    break;
            }
        }
    }

    private sealed class Node : ShardServices, IEntityKind
    {
        public TaskCompletionSource Stopping { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<long> Sent { get; } = [];

        public long Time { get; set; }

        public override Incarnation Self => Mine.Owner;

        public override NodeId Name => new("one");

        public override Standing Standing => Standing.Sure;

        public override long Now => Time;

        public override IReadOnlyDictionary<EntityKind, IEntityKind> Kinds => new Dictionary<EntityKind, IEntityKind> { [EntityKind.Channel] = this };

        public override ILogger Logger => NullLogger.Instance;

        public EntityKind Kind => EntityKind.Channel;

        public Entity Create(EntityAddress address, IEntityHost host, ReadOnlyMemory<byte>? import) => new Slow(address, host, this);

        public override long NextTag(ShardId shard) => ++_tag;

        public override bool IsUp(Incarnation peer) => true;

        public override bool IsMember(Incarnation peer) => true;

        public override bool IsMember(NodeId node) => true;

        public override bool Send(Incarnation peer, LinkFrame frame)
        {
            peer.ShouldBe(Other);
            Sent.Add(((ChannelRequest.Publish)((LinkFrame.Request)frame).Message).Sequence!.Value);
            return true;
        }

        public override RemoteReplies RepliesTo(Incarnation peer) => throw new InvalidOperationException("nobody asks from elsewhere");

        public override void Doubt(ShardFence right) => throw new InvalidOperationException("nothing is written");

        public override void Refresh()
        {
        }

        public override void Tell(EntityAddress to, EntityMessage message) => throw new InvalidOperationException("nobody tells anything");

        public override void TellNode(NodeId node, NodeMessage message) => throw new InvalidOperationException("nobody tells anything");

        private long _tag;
    }
}
