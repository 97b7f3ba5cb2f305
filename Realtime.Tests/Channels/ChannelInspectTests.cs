using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Namespaces;
using Realtime.Tests.Journal;

namespace Realtime.Tests.Channels;

/// <summary>What operators are told of a channel.</summary>
public sealed class ChannelInspectTests
{
    [Fact]
    public void A_durable_channel_says_where_it_stands_who_listens_and_what_waits()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { History = new HistoryLimits { Count = 5 } });
        rig.Ask(new ChannelRequest.Listen(RecordingCluster.Two, 1));
        rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 1));
        rig.Fill(20);
        rig.Publish("a");
        rig.Publish("b");

        var account = Inspect(rig);

        var epoch = rig.Store.Epoch;
        (account.Durability, account.Head, account.Tail).ShouldBe(("journal", new StreamPosition(epoch, 20), new StreamPosition(epoch, 15)));
        (account.Pending, account.Rate, account.MemberCount).ShouldBe((2, 2, null));
        account.Listeners.ShouldBe([ChannelRig.Node, RecordingCluster.Two], ignoreOrder: true);
        rig.Now += 60_000;
        Inspect(rig).Rate.ShouldBe(0);
        rig.Write();
        Inspect(rig).Rate.ShouldBe(0.1, 0.0001, "counted when it is accepted");
    }

    [Theory]
    [InlineData(Durability.Memory, "memory")]
    [InlineData(Durability.None, "none")]
    public void A_channel_that_nothing_is_written_of_counts_its_publishes_too(Durability durability, string word)
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { Durability = durability });
        rig.Publish("a");

        var account = Inspect(rig);

        (account.Durability, account.Head is null, account.Tail is null, account.Rate).ShouldBe((word, durability is Durability.None, durability is Durability.None, 0.1));
    }

    [Fact]
    public void Members_are_named_up_to_a_bound_and_counted_beyond_it()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { Presence = true });
        for (var i = 1; i <= ChannelAccount.MostMembers + 20; i++)
        {
            rig.Ask(new ChannelRequest.Announce(new SessionId((UInt128)i), new UserId($"u{i}"), ChannelRig.Text("secret")));
        }

        var account = Inspect(rig);

        (account.MemberCount, account.Members.Count).ShouldBe((ChannelAccount.MostMembers + 20, ChannelAccount.MostMembers));
        account.Members.ShouldContain(new PresentMember(new SessionId(1), new UserId("u1")));
        var brief = Inspect(rig, brief: true);
        (brief.MemberCount, brief.Members.Count).ShouldBe((account.MemberCount, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Looking_at_a_channel_does_not_keep_it_in_memory(bool onlyLookedAt)
    {
        using var host = new ChannelHost(new HeldJournal(new ModelLog()));
        ChannelRequest request = onlyLookedAt ? new ChannelRequest.Inspect() : new ChannelRequest.Locate(StartFrom.Live);
        await AnsweredAsync(host, request);

        // The first idle look after the last use finds it touched, the next one lets it go; a channel that is only looked at goes with the first.
        host.Clock.Advance(new ChannelPolicy().PassivateAfter);
        if (onlyLookedAt)
        {
            (await host.WhenReleased).Failure.ShouldBeNull();
        }
        else
        {
            await AnsweredAsync(host, request);
            host.IsReleased.ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_channel_of_no_namespace_refuses_and_goes()
    {
        using var host = new ChannelHost(new HeldJournal(new ModelLog()), new NamespacePolicy("other"));
        var tag = host.Ask(new ChannelRequest.Inspect());
        var remains = await host.WhenReleased;

        host.Answers[tag].ShouldBeOfType<EntityReply.Refused>().Code.ShouldBe(ErrorCode.NotFound);
        (remains.Failure, remains.Export, remains.Undelivered.Count).ShouldBe((null, null, 0));
    }

    private static ChannelAccount Inspect(ChannelRig rig, bool brief = false) => rig.Get<ChannelReply.Inspected>(new ChannelRequest.Inspect(brief)).Account;

    private static async Task AnsweredAsync(ChannelHost host, ChannelRequest request)
    {
        var tag = host.Ask(request);
        await Deadline.Until(() => host.Answers.ContainsKey(tag), "the answer");
    }
}
