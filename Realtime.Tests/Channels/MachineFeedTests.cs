using Realtime.Messages.Channels;
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
    public void A_feed_of_another_node_that_takes_nothing_gets_heads_only_until_it_has()
    {
        var feed = new SilentRef("feed-a", isLocal: false);
        _rig.Listen("a", feed: feed);
        var text = new string('x', 60_000);
        for (var i = 0; i < 30; i++)
        {
            _rig.Publish(text);
            _rig.Commit();
        }

        var batches = _rig.News.Select(sent => sent.News).OfType<ChannelNews.Batch>().ToList();
        batches.Sum(batch => batch.Bytes).ShouldBeLessThanOrEqualTo(ChannelFeeds.MostUntaken + 60_064);
        _rig.News[^1].News.ShouldBeOfType<ChannelNews.Head>().Position.Offset.ShouldBe(30);

        _rig.Step(new ChannelInput.Asked(
            new ChannelRequest.Taken(MachineRig.Name, MachineRig.Feed("a"), 1, batches.Sum(batch => batch.Bytes)), MachineRig.Client));
        _rig.Fill(1);
        _rig.News[^1].News.ShouldBeOfType<ChannelNews.Batch>();
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
            : null);
        switch (reason)
        {
            case "a feed listens":
                rig.Listen();
                break;
            case "a member is present":
                rig.Ask(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed(), [MachinePresenceTests.ClaimOf(MachineRig.Ann)]));
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

    private (bool IsListening, long Head) Renew(long attempt)
    {
        var renewed = _rig.Get<ChannelReply.Renewed>(tag => new ChannelRequest.Renew(MachineRig.Name, tag, MachineRig.Feed("a"), attempt));
        return (renewed.IsListening, renewed.Head.Offset);
    }
}
