using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Core;

namespace Realtime.Tests.Cluster.Allocation;

public sealed class MemberTableTests
{
    private static readonly MemberKey Self = KeyOf(0);
    private readonly MemberTable _table = new(Self);

    [Fact]
    public void A_row_is_of_a_member_or_of_nobody()
    {
        _table.Take(RowOf(1, number: 1)).ShouldBeFalse();

        _table.Put(KeyOf(1), 0, MemberStanding.Up, holdsShards: true);

        _table.Snapshot().Members.Single().Row.ShouldBeNull();
        _table.Take(RowOf(1, number: 1)).ShouldBeTrue();
        _table.Snapshot().Find(new NodeId("n1"))!.Row.ShouldBe(RowOf(1, number: 1));
    }

    [Fact]
    public void Late_rows_of_the_dead_do_not_bring_them_back()
    {
        _table.Put(KeyOf(1), 0, MemberStanding.Up, holdsShards: true);
        _table.Take(RowOf(1, number: 1));
        _table.Remove(KeyOf(1));

        _table.Take(RowOf(1, number: 2)).ShouldBeFalse();
        _table.Snapshot().Members.ShouldBeEmpty();

        // Another process on the same address is another member.
        var successor = new MemberKey(KeyOf(1).Address, 99);
        _table.Put(successor, 0, MemberStanding.Up, holdsShards: true);
        _table.Take(RowOf(1, number: 3)).ShouldBeFalse();
        _table.Snapshot().Members.Single().Row.ShouldBeNull();
    }

    [Fact]
    public void An_older_row_changes_nothing()
    {
        _table.Put(KeyOf(1), 0, MemberStanding.Up, holdsShards: true);
        _table.Take(RowOf(1, number: 5, sessions: [1])).ShouldBeTrue();

        _table.Take(RowOf(1, number: 4, sessions: [2])).ShouldBeFalse();
        _table.Take(RowOf(1, number: 5, sessions: [3])).ShouldBeFalse();

        _table.Snapshot().OwnerOf(EntityKind.Session, new ShardId(1))!.Key.ShouldBe(KeyOf(1));
        _table.Snapshot().OwnerOf(EntityKind.Session, new ShardId(2)).ShouldBeNull();
    }

    [Fact]
    public void Of_two_processes_with_one_name_the_newer_incarnation_has_it_whichever_spoke_last()
    {
        _table.Put(KeyOf(1), 0, MemberStanding.Up, holdsShards: true);
        _table.Put(KeyOf(2), 1, MemberStanding.Up, holdsShards: true);
        _table.Take(RowOf(2, number: 1, sessions: [1]) with { Node = new NodeId("n1"), Incarnation = new Incarnation(8) });
        _table.Take(RowOf(1, number: 9, sessions: [1, 2]) with { Incarnation = new Incarnation(7) });

        var cluster = _table.Snapshot();

        cluster.Find(new NodeId("n1"))!.Key.ShouldBe(KeyOf(2));
        cluster.Find(KeyOf(1)).ShouldSatisfyAllConditions(
            older => older!.Row.ShouldBeNull(),
            older => older!.TakesShards.ShouldBeFalse());
        cluster.OwnerOf(EntityKind.Session, new ShardId(1))!.Key.ShouldBe(KeyOf(2));
        cluster.OwnerOf(EntityKind.Session, new ShardId(2)).ShouldBeNull();
    }

    [Fact]
    public void Of_two_that_say_they_hold_a_shard_the_one_that_spoke_last_is_believed()
    {
        _table.Put(KeyOf(1), 0, MemberStanding.Up, holdsShards: true);
        _table.Put(KeyOf(2), 1, MemberStanding.Up, holdsShards: true);
        _table.Take(RowOf(2, number: 1, channels: [7]));
        _table.Take(RowOf(1, number: 1, channels: [7]));
        _table.Snapshot().OwnerOf(EntityKind.Channel, new ShardId(7))!.Key.ShouldBe(KeyOf(1));

        _table.Take(RowOf(2, number: 2, channels: [7]));
        _table.Snapshot().OwnerOf(EntityKind.Channel, new ShardId(7))!.Key.ShouldBe(KeyOf(2));
        _table.Snapshot().OwnerOf(EntityKind.Session, new ShardId(7)).ShouldBeNull();
    }

    [Fact]
    public void What_a_member_is_for_shards_follows_from_its_standing_and_the_plans()
    {
        Willingness Of(MemberStanding standing, bool isReachable = true, bool isHeard = true, bool isNode = true, params string[] plans)
        {
            var table = new MemberTable(Self);
            table.Put(KeyOf(1), 0, standing, isNode);
            table.Reach(KeyOf(1), isReachable);
            table.Follow(PlanBook.Of(plans.Select(plan => KeyValuePair.Create(plan, ""))));
            if (isHeard)
            {
                table.Take(RowOf(1, number: 1));
            }

            return table.Snapshot().Members.Single().Willingness;
        }

        Of(MemberStanding.Up).ShouldBe(Willingness.Takes);
        Of(MemberStanding.Joining).ShouldBe(Willingness.Unheard);
        Of(MemberStanding.Up, isHeard: false).ShouldBe(Willingness.Unheard);
        Of(MemberStanding.Up, plans: PlanBook.DrainKey(new NodeId("n1"))).ShouldBe(Willingness.Drained);
        Of(MemberStanding.Up, plans: PlanBook.DrainKey(new NodeId("n2"))).ShouldBe(Willingness.Takes);
        Of(MemberStanding.Up, plans: PlanBook.StopKey(KeyOf(1))).ShouldBe(Willingness.Stopping);
        Of(MemberStanding.Up, isHeard: false, plans: PlanBook.StopKey(KeyOf(1))).ShouldBe(Willingness.Stopping);
        Of(MemberStanding.Up, plans: PlanBook.StopKey(KeyOf(1) with { Uid = 2 })).ShouldBe(Willingness.Takes, "another process");
        Of(MemberStanding.Leaving).ShouldBe(Willingness.Stopping);
        Of(MemberStanding.Down).ShouldBe(Willingness.Unreachable);
        Of(MemberStanding.Up, isReachable: false).ShouldBe(Willingness.Unreachable);
        Of(MemberStanding.Up, isNode: false).ShouldBe(Willingness.Unreachable);
    }

    [Fact]
    public void Whatever_comes_in_whatever_order_the_picture_has_the_members_each_with_its_newest_row() =>
        Prop.ForAll((from kind in Gen.Choose(0, 5) from member in Gen.Choose(1, 4) from number in Gen.Choose(1, 9) select (kind, member, number)).ArrayOf().ToArbitrary(), steps =>
        {
            var table = new MemberTable(Self);
            var model = new Dictionary<int, long?>();
            foreach (var (kind, member, number) in steps)
            {
                switch (kind)
                {
                    case 0:
                        table.Put(KeyOf(member), member, MemberStanding.Up, holdsShards: true);
                        model.TryAdd(member, null);
                        break;
                    case 1:
                        table.Remove(KeyOf(member));
                        model.Remove(member);
                        break;
                    default:
                        var isNews = model.TryGetValue(member, out var known) && !(known >= number);
                        table.Take(RowOf(member, number, sessions: [member])).ShouldBe(isNews);
                        if (isNews)
                        {
                            model[member] = number;
                        }

                        break;
                }
            }

            var cluster = table.Snapshot();
            cluster.Members.Select(member => (member.Key, member.Row?.Number)).ShouldBe(model.OrderBy(member => member.Key).Select(member => (KeyOf(member.Key), member.Value)));
            for (var member = 1; member <= 4; member++)
            {
                cluster.OwnerOf(EntityKind.Session, new ShardId(member))?.Key.ShouldBe(KeyOf(member));
                (cluster.OwnerOf(EntityKind.Session, new ShardId(member)) is not null).ShouldBe(model.TryGetValue(member, out var number) && number is not null);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(40).WithQuietOnSuccess(true));

    private static MemberKey KeyOf(int member) => new($"akka.tcp://realtime@127.0.0.1:{4000 + member}", member);

    private static ClusterNews.NodeRow RowOf(int member, long number, int[]? sessions = null, int[]? channels = null) => new(
        new NodeId($"n{member}"),
        new Incarnation(member),
        KeyOf(member),
        number,
        "1.0",
        null,
        null,
        25_000,
        0,
        0,
        0,
        false,
        ShardSet.Of((sessions ?? []).Select(shard => new ShardId(shard))),
        ShardSet.Of((channels ?? []).Select(shard => new ShardId(shard))));
}
