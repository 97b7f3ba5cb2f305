using FsCheck;
using FsCheck.Fluent;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>What becomes of a channel, of its publishes and of its listeners when its shard gets another owner.</summary>
public sealed class ChannelMoveTests
{
    private static readonly NodeId Other = new("two");
    private static readonly ShardFence Fence = new(new ShardId(3), 7, new Incarnation(5));

    [Fact]
    public void Every_append_carries_the_right_to_write()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { History = new HistoryLimits { Age = TimeSpan.FromSeconds(1) } });
        rig.Owner = new ChannelOwner(ChannelRig.Node, Fence);
        rig.Reopen();
        rig.Fill(2);
        rig.Publish("a");
        rig.Appends.Single().Fence.ShouldBe(Fence);
        rig.Write();

        rig.Now += 10_000;
        rig.Step(new ChannelInput.AgeTick());
        rig.ServeReads();

        var trim = rig.Appends.ShouldHaveSingleItem();
        (trim.Messages.Count, trim.Fence).ShouldBe((0, Fence));
    }

    [Fact]
    public void What_a_fence_stopped_goes_to_the_next_owner_in_order_for_everybody_who_asked()
    {
        var rig = new ChannelRig();
        var first = rig.Publish("a", 1);
        var repeat = rig.Publish("a", 1);
        var second = rig.Publish("b");
        var third = rig.Publish("c", 2);

        rig.TakeAway();
        rig.Answers.ShouldBeEmpty("nobody is refused: it can still be done");
        rig.Write();
        rig.Write();

        new[] { first, repeat, second, third }.Select(tag => rig.PositionOf(tag)!.Value.Offset).ShouldBe([1, 1, 2, 3]);
        rig.Store.All.Select(ChannelRig.TextOf).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void A_trim_that_is_fenced_ends_the_owner_too()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { History = new HistoryLimits { Age = TimeSpan.FromSeconds(1) } });
        rig.Fill(2);
        rig.Now += 10_000;
        rig.Step(new ChannelInput.AgeTick());
        rig.ServeReads();

        rig.Write(WriteOutcome.Fenced);

        rig.WasFenced.ShouldBeTrue();
    }

    [Fact]
    public void The_append_under_way_is_waited_for_and_no_other_begun()
    {
        var rig = new ChannelRig();
        var first = rig.Publish("a");
        var second = rig.Publish("b");
        rig.Step(ChannelInput.Ending.Instance);
        rig.Machine.IsAppending.ShouldBeTrue();

        rig.Write();

        (rig.PositionOf(first)!.Value.Offset, rig.Appends.Count, rig.Machine.IsAppending).ShouldBe((1, 0, false));
        rig.HandOff();
        rig.Write();
        rig.PositionOf(second)!.Value.Offset.ShouldBe(2);
    }

    [Fact]
    public void Listeners_hear_on_without_announcing_themselves_again()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { Presence = true });
        rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 4));
        rig.Ask(new ChannelRequest.Listen(Other, 9));
        rig.Ask(new ChannelRequest.Announce(ChannelRig.Ann, null, ChannelRig.Text("here")));
        rig.HandOff();
        rig.Heard.ShouldBe(new Dictionary<NodeId, long> { [ChannelRig.Node] = 4, [Other] = 9 }, ignoreOrder: true);
        rig.News.Clear();

        rig.Publish("a");
        rig.Write();
        rig.Ask(new ChannelRequest.Withdraw(ChannelRig.Ann));

        rig.News.OfType<ChannelNews.Messages>().Count().ShouldBe(2);
        rig.News.OfType<ChannelNews.Presence>().Select(news => (news.Count, news.Revision)).ShouldBe([(0, 2), (0, 2)]);
    }

    [Fact]
    public void A_log_in_memory_goes_on_where_it_was_with_its_repeats_and_its_epoch() =>
        Prop.ForAll(Gen.Choose(0, 30).ArrayOf().ToArbitrary(), steps =>
            {
                var rig = new ChannelRig(new NamespacePolicy("board") { Durability = Durability.Memory });
                rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 1));
                var positions = new Dictionary<long, StreamPosition>();
                foreach (var step in steps)
                {
                    if (step > 20)
                    {
                        rig.HandOff();
                        continue;
                    }

                    var position = rig.PositionOf(rig.Publish($"s{step}", step + 1))!.Value;
                    positions.TryAdd(step, position);
                    position.ShouldBe(positions[step], "a repeat has another position");
                }

                var heard = rig.News.OfType<ChannelNews.Messages>().SelectMany(news => news.Items).ToList();
                heard.Select(message => message.Offset).ShouldBe(Enumerable.Range(1, positions.Count).Select(i => (long)i));
                var start = new StreamPosition(rig.Machine.Log.Epoch, 0);
                var page = rig.Get<ChannelReply.Page>(new ChannelRequest.Read(start, 100, int.MaxValue));
                page.Gap.ShouldBeNull();
                page.Messages.Select(ChannelRig.TextOf).ShouldBe(heard.Select(ChannelRig.TextOf));
                return true;
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true));

    [Fact]
    public void A_handed_over_state_that_is_damaged_is_refused_or_is_still_a_log_without_a_hole()
    {
        var rig = new ChannelRig(new NamespacePolicy("board") { Durability = Durability.Memory, Presence = true });
        rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 1));
        rig.Ask(new ChannelRequest.Announce(ChannelRig.Ann, new UserId("ann"), ChannelRig.Text("here")));
        rig.Publish("a", 1);
        rig.Publish("b", 2);
        var bytes = ChannelStateWriter.ToBytes(rig.Machine.Export(rig.Now)).ToArray();
        var refused = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            foreach (var damage in new byte[] { 0x01, 0x80, 0xff })
            {
                var damaged = bytes.ToArray();
                damaged[i] ^= damage;
                refused += IsRefused(damaged) ? 1 : 0;
            }

            refused += IsRefused(bytes[..i]) ? 1 : 0;
        }

        IsRefused(bytes).ShouldBeFalse();
        refused.ShouldBeGreaterThan(bytes.Length / 2);
    }

    [Fact]
    public void Where_the_log_ends_is_told_once_and_only_to_other_nodes()
    {
        var rig = new ChannelRig { Owner = new ChannelOwner(ChannelRig.Node, Fence) };
        rig.Reopen();
        rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 1));
        rig.Fill(1);
        rig.Machine.HasHeadToTell.ShouldBeFalse("on its own node nothing is lost");
        rig.Ask(new ChannelRequest.Listen(Other, 1));
        rig.Fill(2);
        rig.Machine.HasHeadToTell.ShouldBeTrue();
        rig.News.Clear();

        rig.Step(ChannelInput.HeadTick.Instance);
        rig.Step(ChannelInput.HeadTick.Instance);

        rig.Machine.HasHeadToTell.ShouldBeFalse();
        rig.News.ShouldHaveSingleItem().ShouldBe(new ChannelNews.Head(ChannelRig.Name, rig.Machine.Log.HeadPosition));
    }

    [Fact]
    public void A_listener_whose_node_is_gone_is_let_go_of_unless_it_has_only_just_come()
    {
        var rig = new ChannelRig();
        rig.Ask(new ChannelRequest.Listen(Other, 1));
        rig.Step(new ChannelInput.NodeGone(Other));
        rig.Machine.Listeners.ShouldBe([Other], "its node may be newer than what is known here");

        rig.Now += 60_000;
        rig.Step(new ChannelInput.NodeGone(Other));

        (rig.Machine.CanPassivate, rig.Heard.Count).ShouldBe((true, 0));
    }

    [Fact]
    public void Whoever_asks_to_be_noted_is_answered_once_and_who_only_tells_is_not()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { Presence = true });
        ChannelRequest[] requests =
        [
            new ChannelRequest.Announce(ChannelRig.Ann, null, ChannelRig.Text("here")),
            new ChannelRequest.Withdraw(ChannelRig.Ann),
            new ChannelRequest.Withdraw(ChannelRig.Ann),
            new ChannelRequest.Unlisten(Other, 1),
        ];

        requests.Select(request => rig.Answers[rig.Ask(request)]).ShouldAllBe(reply => reply == ChannelReply.Noted.Instance);
        rig.Answers.Clear();
        requests.ToList().ForEach(request => rig.Step(new ChannelInput.Asked(request, default(ReplyTo))));
        rig.Answers.ShouldBeEmpty();
    }

    private static bool IsRefused(byte[] bytes)
    {
        try
        {
            var log = ChannelStateReader.Read(bytes).Log;
            if (log is not null)
            {
                log.Messages.Select(message => message.Offset).ShouldBe(
                    Enumerable.Range(0, (int)(log.Head - log.Tail + 1)).Select(i => log.Tail + i));
            }

            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }
}
