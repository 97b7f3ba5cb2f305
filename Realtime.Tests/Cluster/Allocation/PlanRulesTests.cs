using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Core;

namespace Realtime.Tests.Cluster.Allocation;

public sealed class PlanRulesTests
{
    [Fact]
    public void Entries_are_read_as_they_were_written()
    {
        var member = new MemberKey("akka.tcp://realtime@[::1]:4000", -5);
        var plans = PlanBook.Of(new Dictionary<string, string>
        {
            [PlanBook.DrainKey(new NodeId("a:b#c"))] = "",
            [PlanBook.StopKey(member)] = "",
            [PlanBook.MoveKey(EntityKind.Channel, new ShardId(255))] = "n2",
            [PlanBook.PauseKey] = PlanBook.Text(1_700_000_000_000),
        });

        plans.Drained.ShouldBe([new NodeId("a:b#c")]);
        plans.Stopping.ShouldBe([member]);
        plans.Moves.ShouldBe([new PlanRequest.Move(EntityKind.Channel, new ShardId(255), new NodeId("n2"))]);
        plans.TargetOf(EntityKind.Channel, new ShardId(255)).ShouldBe(new NodeId("n2"));
        plans.TargetOf(EntityKind.Session, new ShardId(255)).ShouldBeNull();
        plans.PausedUntilMs.ShouldBe(1_700_000_000_000);
    }

    [Theory]
    [InlineData("move:3:1")]
    [InlineData("move:1:256")]
    [InlineData("move:1:-1")]
    [InlineData("move:1")]
    [InlineData("move:x:y")]
    [InlineData("stop:nobody")]
    [InlineData("stop:a#99999999999")]
    [InlineData("pause")]
    [InlineData("of a newer version")]
    public void An_entry_that_cannot_be_read_is_not_followed(string key)
    {
        var plans = PlanBook.Of([KeyValuePair.Create(key, "n1")]);

        plans.Drained.ShouldBeEmpty();
        plans.Stopping.ShouldBeEmpty();
        plans.Moves.ShouldBeEmpty();
        plans.PausedUntilMs.ShouldBe(0);
    }

    [Fact]
    public void The_last_node_that_takes_shards_cannot_be_drained()
    {
        Judge(new PlanRequest.Drain(Name(0)), ClusterOf(1)).ShouldBe(PlanAnswer.LastNode);
        Judge(new PlanRequest.Drain(Name(0)), ClusterOf(2), PlanBook.StopKey(Key(1))).ShouldBe(PlanAnswer.LastNode, "the other one is about to end");
        Judge(new PlanRequest.Drain(Name(0)), ClusterOf(2, unreachable: 1)).ShouldBe(PlanAnswer.LastNode, "the other one may be dead");
        Judge(new PlanRequest.Drain(Name(0)), ClusterOf(2)).ShouldBe(PlanAnswer.Accepted);
    }

    [Fact]
    public void A_node_may_leave_when_another_one_takes_shards_or_when_it_is_alone()
    {
        Leave(0, ClusterOf(2)).ShouldBe(PlanAnswer.Accepted);
        Leave(0, ClusterOf(1)).ShouldBe(PlanAnswer.Accepted, "nobody is left behind");
        Leave(0, ClusterOf(2), PlanBook.StopKey(Key(0)), PlanBook.StopKey(Key(1))).ShouldBe(PlanAnswer.Accepted, "it stops already");
        Leave(0, ClusterOf(2), PlanBook.DrainKey(Name(0))).ShouldBe(PlanAnswer.Accepted, "the other one has its shards");
        Leave(0, ClusterOf(2), PlanBook.StopKey(Key(1))).ShouldBe(PlanAnswer.LastNode, "the other one is about to end");
        Leave(0, ClusterOf(2), PlanBook.DrainKey(Name(1))).ShouldBe(PlanAnswer.LastNode, "the other one takes none");
        Leave(0, ClusterOf(2, unreachable: 1)).ShouldBe(PlanAnswer.LastNode, "the other one may be dead");
    }

    [Fact]
    public void However_drains_undrains_and_leaves_follow_each_other_a_node_that_takes_shards_is_left() =>
        Prop.ForAll((from node in Gen.Choose(0, 3) from kind in Gen.Elements(0, 0, 1, 2) select (node, kind)).ArrayOf().ToArbitrary(), wishes =>
        {
            var entries = new Dictionary<string, string>();
            foreach (var (node, kind) in wishes)
            {
                PlanRequest wish = kind switch
                {
                    0 => new PlanRequest.Drain(Name(node)),
                    1 => new PlanRequest.Undrain(Name(node)),
                    _ => new PlanRequest.Leave(Name(node), Key(node)),
                };
                Write(entries, PlanRules.Judge(wish, ClusterOf(4), PlanBook.Of(entries)));
                var plans = PlanBook.Of(entries);
                Enumerable.Range(0, 4).Count(number => !plans.Drained.Contains(Name(number)) && !plans.Stopping.Contains(Key(number))).ShouldBeGreaterThan(0);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true));

    /// <summary>An undrain is answered before every node has heard of it.</summary>
    [Fact]
    public void The_plans_count_and_not_what_the_picture_still_says_of_them()
    {
        var table = TableOf(2);
        table.Follow(PlanBook.Of([KeyValuePair.Create(PlanBook.DrainKey(Name(1)), "")]));

        Leave(0, table.Snapshot()).ShouldBe(PlanAnswer.Accepted);
        Judge(new PlanRequest.Drain(Name(0)), table.Snapshot()).ShouldBe(PlanAnswer.Accepted);
    }

    [Fact]
    public void A_move_goes_to_a_node_that_takes_shards()
    {
        var move = new PlanRequest.Move(EntityKind.Session, new ShardId(1), Name(1));

        Judge(move, ClusterOf(2)).ShouldBe(PlanAnswer.Accepted);
        Judge(move, ClusterOf(2), PlanBook.DrainKey(Name(1))).ShouldBe(PlanAnswer.TargetTakesNone);
        Judge(move, ClusterOf(2, unreachable: 1)).ShouldBe(PlanAnswer.TargetTakesNone);
        Judge(move, ClusterOf(1)).ShouldBe(PlanAnswer.UnknownNode);
    }

    [Fact]
    public void A_move_that_was_settled_late_leaves_a_newer_one_alone()
    {
        var entries = new Dictionary<string, string> { [PlanBook.MoveKey(EntityKind.Session, new ShardId(1))] = "n1" };

        Write(entries, PlanRules.Judge(new PlanRequest.Settle(EntityKind.Session, new ShardId(1), Name(0), IsThere: true), ClusterOf(2), PlanBook.Of(entries)));
        entries.Count.ShouldBe(1);

        Write(entries, PlanRules.Judge(new PlanRequest.Settle(EntityKind.Session, new ShardId(1), Name(1), IsThere: true), ClusterOf(2), PlanBook.Of(entries)));
        entries.ShouldBeEmpty();
    }

    [Fact]
    public void Entries_of_processes_that_are_gone_are_outdated()
    {
        var plans = PlanBook.Of(new[] { Key(0), Key(7) }.Select(key => KeyValuePair.Create(PlanBook.StopKey(key), "")));

        PlanRules.Outdated(ClusterOf(2), plans).ShouldBe([PlanBook.StopKey(Key(7))]);
    }

    private static PlanAnswer Judge(PlanRequest request, ClusterSnapshot cluster, params string[] plans) =>
        PlanRules.Judge(request, cluster, PlanBook.Of(plans.Select(plan => KeyValuePair.Create(plan, "")))).Answer;

    private static PlanAnswer Leave(int node, ClusterSnapshot cluster, params string[] plans) =>
        Judge(new PlanRequest.Leave(Name(node), Key(node)), cluster, plans);

    private static void Write(Dictionary<string, string> entries, PlanVerdict verdict)
    {
        if (verdict is { Key: { } added, Value: { } value })
        {
            entries[added] = value;
        }
        else if (verdict.Key is { } removed)
        {
            entries.Remove(removed);
        }
    }

    private static ClusterSnapshot ClusterOf(int nodes, int unreachable = -1) => TableOf(nodes, unreachable).Snapshot();

    private static MemberTable TableOf(int nodes, int unreachable = -1)
    {
        var table = new MemberTable(Key(0));
        for (var node = 0; node < nodes; node++)
        {
            table.Put(Key(node), node, MemberStanding.Up, holdsShards: true);
            table.Reach(Key(node), node != unreachable);
            table.Take(new ClusterNews.NodeRow(Name(node), new Incarnation(node + 1), Key(node), 1, "1.0", null, null, 25_000, 0, 0, 0, false, default, default));
        }

        return table;
    }

    private static NodeId Name(int node) => new($"n{node}");

    private static MemberKey Key(int node) => new($"akka.tcp://realtime@127.0.0.1:{4000 + node}", node);
}
