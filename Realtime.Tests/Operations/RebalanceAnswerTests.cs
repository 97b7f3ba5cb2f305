using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Operations.Answers;

namespace Realtime.Tests.Operations;

public sealed class RebalanceAnswerTests
{
    [Fact]
    public void What_moves_is_told_from_node_to_node_by_names()
    {
        var answer = Of(
            new AllocationPlan(AllocationObstacle.None, [Move("3", 0, 1), Move("17", 0, 1), Move("1", 0, 1), Move("2", 0, 1), Move("9", 0, 2)], []),
            new AllocationPlan(AllocationObstacle.None, [Move("200", 0, 1), new ShardTransfer("5", null, Key(2))], []));

        answer.Done.ShouldBeFalse("it goes on");
        answer.Text.ShouldBe("7 shards move, at most 8 of channels and 3 of sessions at a time.");
        answer.Nodes.ShouldBe(
        [
            new("n2", true, "is about to get channel shard 5"),
            new("n0", true, "gives session shards 1-3, 17 and channel shard 200 to n1"),
            new("n0", true, "gives session shard 9 to n2"),
        ]);
    }

    [Theory]
    [InlineData(nameof(AllocationObstacle.None), "Nothing moves: every node has its share of the shards that have an owner, and none is wanted elsewhere.")]
    [InlineData(nameof(AllocationObstacle.OneNode), "Nothing moves: there is one node.")]
    [InlineData(nameof(AllocationObstacle.Unreachable), "Nothing moves: n2 cannot be reached, or says nothing of itself.")]
    [InlineData(nameof(AllocationObstacle.NoneTakes), "Nothing moves: no node takes shards: all are drained, stopping, or have only just come.")]
    [InlineData(nameof(AllocationObstacle.StoreIsOut), "Nothing moves: the store does not answer, so what moves could not be read back.")]
    public void Why_nothing_moves_is_told_whichever_kind_it_holds_up(string obstacle, string text)
    {
        var balanced = new AllocationPlan(AllocationObstacle.None, [], []);
        var held = new AllocationPlan(Enum.Parse<AllocationObstacle>(obstacle), [], [Key(2)]);

        foreach (var answer in (ActionResult[])[Of(balanced, held), Of(held, balanced)])
        {
            answer.Done.ShouldBeTrue();
            answer.Text.ShouldBe(text);
            answer.Nodes.ShouldBeEmpty();
        }
    }

    private static ActionResult Of(AllocationPlan sessions, AllocationPlan channels)
    {
        var table = new MemberTable(default);
        for (var node = 0; node < 3; node++)
        {
            var member = new MemberKey("akka.tcp://realtime@127.0.0.1:4000", node);
            table.Put(member, node, MemberStanding.Up, holdsShards: true);
            table.Take(new ClusterNews.NodeRow(new NodeId($"n{node}"), new Incarnation(node + 1), member, 1, "1.0", null, null, 25_000, 0, 0, 0, false, default, default));
        }

        return RebalanceAnswer.Of([(EntityKind.Session, sessions), (EntityKind.Channel, channels)], table.Snapshot()).Read(OperatorJson.Default.ActionResult)!;
    }

    private static ShardTransfer Move(string shard, int from, int to) => new(shard, Key(from), Key(to));

    private static string Key(int node) => new MemberKey("akka.tcp://realtime@127.0.0.1:4000", node).ToString();
}
