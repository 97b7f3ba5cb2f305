using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>Which feeds receive what, what makes one too slow, and when the channel may leave memory.</summary>
public sealed class MachineFeedTests
{
    private readonly MachineRig _rig = new();

    [Fact]
    public void All_feeds_receive_the_same_batch()
    {
        _rig.Listen("a");
        _rig.Listen("b");
        _rig.Fill(1);
        _rig.News.Select(sent => sent.To.Path.Name).ShouldBe(["feed-a", "feed-b"]);
        _rig.News[0].News.ShouldBeSameAs(_rig.News[1].News);

        var batch = (ChannelNews.Batch)_rig.News[0].News;
        var encoded = batch.Encoding.GetOrEncode(batch, _ => [1, 2, 3]);
        batch.Encoding.GetOrEncode(batch, _ => throw new InvalidOperationException("encoded twice")).ShouldBeSameAs(encoded);
    }

    [Fact]
    public void An_older_attempt_neither_listens_nor_ends_a_later_one()
    {
        var later = _rig.Listen("a", attempt: 5);
        _rig.Reply(_rig.Ask(tag => new ChannelRequest.Listen(MachineRig.Name, tag, MachineRig.Feed("a"), 4), new SilentRef("old"))).ShouldBeNull();
        _rig.Ask(tag => new ChannelRequest.Unlisten(MachineRig.Name, tag, MachineRig.Feed("a"), 4));
        _rig.Fill(1);
        _rig.News.Single().To.ShouldBe(later);

        _rig.Ask(tag => new ChannelRequest.Unlisten(MachineRig.Name, tag, MachineRig.Feed("a"), 6));
        _rig.Reply(_rig.Ask(tag => new ChannelRequest.Listen(MachineRig.Name, tag, MachineRig.Feed("a"), 5), later)).ShouldBeNull();
        _rig.Fill(1);
        _rig.News.Count.ShouldBe(1);
    }

    [Fact]
    public void A_hub_learns_whether_its_feed_is_listened_to_and_where_the_log_ends()
    {
        _rig.Listen("a", attempt: 2);
        _rig.Fill(3);
        Renew(2).ShouldBe((true, 3));
        Renew(1).IsListening.ShouldBeFalse();
        _rig.Restart();
        Renew(2).ShouldBe((false, 3));
    }

    [Fact]
    public void A_hub_of_another_node_is_answered_only_when_its_feed_has_missed_something()
    {
        _rig.Listen("a", attempt: 2);
        _rig.Fill(3);
        _rig.Ask(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed("a"), [MachinePresenceTests.ClaimOf(MachineRig.Ann)]));
        var head = _rig.Machine.Log.HeadPosition;
        Renew(2, new FeedProgress(head, 1, 0)).ShouldBeNull();
        Renew(2, new FeedProgress(head with { Offset = 2 }, 1, 0)).ShouldNotBeNull().Head.ShouldBe(head);
        Renew(2, new FeedProgress(new StreamPosition(new Epoch(1), 3), 1, 0)).ShouldNotBeNull();
        Renew(2, new FeedProgress(head, 0, 0)).ShouldNotBeNull().Revision.ShouldBe(1);
        Renew(1, new FeedProgress(head, 1, 0)).ShouldNotBeNull().IsListening.ShouldBeFalse();
    }

    [Fact]
    public void Feeds_of_a_node_that_is_gone_get_nothing_more_and_their_members_have_the_grace()
    {
        _rig.Listen("a", feed: new SilentRef("feed-a", isLocal: false));
        _rig.Listen("b");
        _rig.Ask(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed("a"), [MachinePresenceTests.ClaimOf(MachineRig.Ann)]));
        _rig.News.Clear();
        _rig.Step(new ChannelInput.NodeRemoved(new Address("akka", "others")));
        _rig.Fill(1);
        _rig.News.Count.ShouldBe(2);

        _rig.Step(new ChannelInput.NodeRemoved(new Address("akka", "tests")));
        _rig.Fill(1);
        _rig.News.Count.ShouldBe(3, "a feed of this node stays, whatever its address");
        _rig.Now += (long)_rig.Policy.UnclaimedGrace.TotalMilliseconds;
        _rig.Machine.Due.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(_rig.Now);
        _rig.Step(ChannelInput.Tick.Instance);
        _rig.News[^1].News.ShouldBeOfType<ChannelNews.Presence>().Change.ShouldBe(PresenceChange.Left);
    }

    [Fact]
    public void A_feed_that_its_hub_does_not_ask_for_any_more_is_let_go_of()
    {
        _rig.Listen("a");
        _rig.Listen("b");
        _rig.Now += (long)_rig.Policy.FeedLease.TotalMilliseconds;
        Renew(1, new FeedProgress(default, -1, 0), "b");
        _rig.Now++;
        _rig.Step(ChannelInput.Sweep.Instance);
        _rig.Fill(1);
        _rig.News.ShouldHaveSingleItem().To.Path.Name.ShouldBe("feed-b");
    }

    [Fact]
    public void A_claim_of_a_feed_that_does_not_listen_is_given_back_for_nobody_would_notice_its_end()
    {
        _rig.Listen("b");
        Claim().ShouldBeOfType<ChannelReply.Retry>();
        _rig.Listen("a");
        Claim().ShouldBeOfType<ChannelReply.Noted>();
        _rig.Step(new ChannelInput.Asked(new ChannelRequest.Unlisten(MachineRig.Name, 0, MachineRig.Feed("a"), 2), MachineRig.Client));
        Claim().ShouldBeOfType<ChannelReply.Retry>();
        _rig.Now += (long)_rig.Policy.UnclaimedGrace.TotalMilliseconds;
        _rig.Step(ChannelInput.Tick.Instance);
        _rig.Machine.Due.ShouldBeNull();
        _rig.News[^1].News.ShouldBeOfType<ChannelNews.Presence>().Change.ShouldBe(PresenceChange.Left);

        ChannelReply? Claim() => _rig.Reply(_rig.Ask(
            tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed("a"), [MachinePresenceTests.ClaimOf(MachineRig.Ann)])));
    }

    [Fact]
    public void An_idle_channel_asks_to_be_stopped_and_begins_nothing_any_more()
    {
        _rig.Fill(1);
        _rig.Now = _rig.Machine.Due!.Value;
        _rig.Step(ChannelInput.Tick.Instance);
        _rig.Others.ShouldHaveSingleItem().ShouldBeOfType<ChannelEffect.Passivate>();
        _rig.Reply(_rig.Publish("late")).ShouldBeOfType<ChannelReply.Retry>();
        _rig.Machine.Due.ShouldNotBe(_rig.Now);
    }

    [Theory]
    [InlineData("a feed listens")]
    [InlineData("a member is present")]
    [InlineData("an append is under way")]
    [InlineData("an outcome is unknown")]
    [InlineData("a memory log holds messages")]
    public void A_channel_does_not_leave_memory_while(string reason)
    {
        var rig = new MachineRig(reason.StartsWith("a memory", StringComparison.Ordinal)
            ? new NamespacePolicy("chat") { Durability = Durability.Memory }
            : null, new ChannelPolicy { UnclaimedGrace = TimeSpan.FromMinutes(5) });
        switch (reason)
        {
            case "a feed listens":
                rig.Listen();
                break;
            case "a member is present":
                rig.Listen();
                rig.Ask(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed(), [MachinePresenceTests.ClaimOf(MachineRig.Ann)]));
                rig.Ask(tag => new ChannelRequest.Unlisten(MachineRig.Name, tag, MachineRig.Feed(), 2));
                break;
            case "an outcome is unknown":
                rig.Publish("a");
                rig.Fail();
                break;
            default:
                rig.Publish("a");
                break;
        }

        rig.Now += (long)rig.Policy.PassivateAfter.TotalMilliseconds;
        rig.Step(ChannelInput.Tick.Instance);
        rig.Others.ShouldBeEmpty();
        rig.Machine.CanPassivate.ShouldBeFalse();
    }

    [Fact]
    public void Nothing_is_due_on_a_channel_that_only_is_listened_to()
    {
        var rig = new MachineRig(new NamespacePolicy("chat") { History = new HistoryLimits { Age = null } }, new ChannelPolicy());
        rig.Fill(1);
        rig.Listen();
        rig.Machine.Due.ShouldBeNull();
    }

    private ChannelReply.Renewed? Renew(long attempt, FeedProgress progress, string node = "a") => (ChannelReply.Renewed?)_rig.Reply(_rig.Ask(
        tag => new ChannelRequest.Renew(MachineRig.Name, tag, MachineRig.Feed(node), attempt) { Progress = progress }));

    private (bool IsListening, long Head) Renew(long attempt)
    {
        var renewed = _rig.Get<ChannelReply.Renewed>(tag => new ChannelRequest.Renew(MachineRig.Name, tag, MachineRig.Feed("a"), attempt));
        return (renewed.IsListening, renewed.Head.Offset);
    }
}
