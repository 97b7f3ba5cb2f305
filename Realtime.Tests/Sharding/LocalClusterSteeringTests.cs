using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Sharding;

/// <summary>A single node shows itself, and refuses what needs others.</summary>
public sealed class LocalClusterSteeringTests
{
    private readonly LocalCluster _cluster = new(new NodeId("one"), NullLogger<LocalCluster>.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_needs_others_is_refused_with_the_reason()
    {
        IClusterSteering steering = _cluster;
        var (self, other, shard) = (_cluster.Self, new NodeId("two"), new ShardId(0));
        SteeringResult[] refused =
        [
            await steering.MoveAsync(shard, self, Token),
            steering.RebalanceNow(),
            steering.PauseMoves(TimeSpan.FromSeconds(1)),
            steering.ResumeMoves(),
            await steering.DrainAsync(Token),
            await steering.UndrainAsync(Token),
            await steering.EvictAsync(self, true, Token),
        ];
        refused.ShouldAllBe(result => result.Outcome == SteeringOutcome.Refused && result.Message.EndsWith('.'));
        refused.Skip(1).ShouldAllBe(result => result.Message.StartsWith("Node one is not in a cluster: "));

        SteeringResult[] unknown =
        [
            await steering.MoveAsync(shard, other, Token),
            await steering.MoveAsync(new ShardId(1), self, Token),
            await steering.EvictAsync(other, true, Token),
        ];
        unknown.ShouldAllBe(result => result.Outcome == SteeringOutcome.Unknown);
    }

    [Fact]
    public async Task It_shows_itself()
    {
        IClusterSteering steering = _cluster;
        _cluster.Register(new TallyKind(new Witness()));
        var address = new EntityAddress(EntityKind.Channel, "tally:1");
        _cluster.Ask(address, new SessionRequest.Attach(_cluster.Self, new ConnectionId(1), false, null), new OneAnswer(), 1);

        steering.Residents(EntityKind.Channel).ShouldBe([address]);
        steering.ResidentOf(new ShardId(0)).ShouldBe((0, 1));
        steering.ResidentOf(new ShardId(1)).ShouldBe((0, 0));
        steering.Resident(EntityKind.Session).ShouldBe(0);
        steering.PlannedOwner(new ShardId(0)).ShouldBe(_cluster.Self);
        steering.PlannedOwner(new ShardId(1)).ShouldBeNull();
        steering.Moves.ShouldBeEmpty();
        steering.Planned(10).ShouldBeEmpty();
        steering.Held.ShouldBeEmpty();
        steering.Links.ShouldBeEmpty();
        steering.PausedFor.ShouldBeNull();
        (await steering.EmptiedAsync(Token)).ShouldBeTrue("nobody is there to give anything to");
    }

    [Fact]
    public async Task It_answers_itself_and_reaches_nobody_else()
    {
        (await Should.ThrowAsync<InquiryRefusedException>(() => _cluster.InquireAsync(_cluster.Self, default, Token))).Message.ShouldContain("answers no inquiries");
        _cluster.Register(new AnsweringMachine((from, question, _) => Task.FromResult<ReadOnlyMemory<byte>>(new byte[] { (byte)from.Name.Length, question.Span[0] })));
        (await _cluster.InquireAsync(_cluster.Self, new byte[] { 7 }, Token)).ToArray().ShouldBe([3, 7]);
        (await Should.ThrowAsync<NodeUnreachableException>(() => _cluster.InquireAsync(new NodeId("two"), default, Token))).Message.ShouldContain("not in a cluster");
    }
}
