using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;
using Realtime.Tests.Journal;

namespace Realtime.Tests.Channels;

/// <summary>How a channel's shell ends, and what it leaves to the next owner.</summary>
public sealed class ChannelEntityTests : IDisposable
{
    private readonly HeldJournal _journal = new(new ModelLog());
    private readonly List<ChannelHost> _hosts = [];

    public void Dispose() => _hosts.ForEach(host => host.Dispose());

    [Fact]
    public async Task A_hand_off_waits_for_the_append_under_way_and_gives_back_the_rest_in_order()
    {
        var host = Host();
        host.Ask(new ChannelRequest.Listen(RecordingCluster.Two, 8));
        var first = host.Publish("a");
        await Deadline.Until(() => _journal.Waiting == 1, "the append");
        _journal.OpenedWith.ShouldBe(host.Fence);
        host.Publish("b");
        host.Signal(Entity.HandOff.Instance);
        host.Publish("c");
        host.IsReleased.ShouldBeFalse();

        _journal.Answer(WriteOutcome.Committed);
        var remains = await host.WhenReleased;

        host.Answers[first].ShouldBeOfType<ChannelReply.Published>();
        (remains.Failure, _journal.Waiting).ShouldBe((null, 0));
        remains.Publishes.ShouldBe(["b", "c"]);
        remains.Undelivered.ShouldAllBe(input => !input.ReplyTo.IsNobody);
        host.News.ShouldNotContain(news => news.Message is ChannelNews.Forgotten);
        ChannelStateReader.Read(remains.Export!.Value).Listeners.ShouldBe([(RecordingCluster.Two, 8L)]);
    }

    [Fact]
    public async Task The_next_owner_serves_the_listeners_it_was_given_without_being_spoken_to_first()
    {
        var first = Host();
        var listen = first.Ask(new ChannelRequest.Listen(RecordingCluster.Two, 8));
        await Deadline.Until(() => first.Answers.ContainsKey(listen), "the answer");
        first.Signal(Entity.HandOff.Instance);
        var remains = await first.WhenReleased;
        var second = Host(import: remains.Export);

        second.Publish("a");
        await Deadline.Until(() => _journal.Waiting == 1, "the append");
        _journal.Answer(WriteOutcome.Committed);

        await Deadline.Until(() => second.News.Any(news => news.To == RecordingCluster.Two && news.Message is ChannelNews.Messages), "the news");
        _journal.OpenedWith.ShouldBe(second.Fence);
    }

    [Fact]
    public async Task A_log_in_memory_goes_on_under_its_epoch()
    {
        var space = new NamespacePolicy("chat") { Durability = Durability.Memory };
        var first = Host(space, epoch: 5);
        var tag = first.Publish("a");
        await Deadline.Until(() => first.Answers.ContainsKey(tag), "the answer");
        first.Signal(Entity.HandOff.Instance);
        var remains = await first.WhenReleased;

        var second = Host(space, remains.Export, epoch: 6);
        var next = second.Publish("b");
        await Deadline.Until(() => second.Answers.ContainsKey(next), "the next answer");

        second.Answers[next].ShouldBe(new ChannelReply.Published(new StreamPosition(new Epoch(5), 2)));
    }

    [Fact]
    public async Task What_cannot_be_read_is_left_and_the_channel_starts_without_it()
    {
        var space = new NamespacePolicy("chat") { Durability = Durability.Memory };
        var host = Host(space, new byte[] { 0xff, 0xff, 0xff }, epoch: 6);
        var tag = host.Publish("a");
        await Deadline.Until(() => host.Answers.ContainsKey(tag), "the answer");

        host.Answers[tag].ShouldBe(new ChannelReply.Published(new StreamPosition(new Epoch(6), 1)));
    }

    [Fact]
    public async Task A_channel_that_was_never_loaded_passes_on_what_it_was_given()
    {
        _journal.HoldOpens();
        var import = ChannelStateWriter.ToBytes(new ChannelState { Listeners = [(RecordingCluster.Two, 8)] });
        var host = Host(import: import);
        host.Publish("a");
        await Deadline.Until(() => _journal.OpenedWith is not null, "the channel to open its log");
        host.Signal(Entity.HandOff.Instance);
        var remains = await host.WhenReleased;

        remains.Export!.Value.ToArray().ShouldBe(import.ToArray());
        remains.Publishes.ShouldBe(["a"]);
    }

    [Fact]
    public async Task Listeners_that_were_handed_over_to_a_channel_that_cannot_open_its_log_are_told_to_listen_again()
    {
        _journal.Fault = new StoreUnavailableException("not now");
        var host = Host(import: ChannelStateWriter.ToBytes(new ChannelState { Listeners = [(RecordingCluster.Two, 8)] }));
        await host.WhenReleased;

        // Said after the channel is released, so that whoever listens again finds the next one.
        await Deadline.Until(() => !host.News.IsEmpty, "the word to the listener");
        host.News.ShouldBe([(RecordingCluster.Two, (NodeMessage)new ChannelNews.Forgotten(ChannelRig.Name))]);
    }

    [Fact]
    public async Task A_fenced_open_leaves_everything_to_the_owner()
    {
        _journal.Fault = new StoreFencedException("another owner");
        var host = Host();
        host.Publish("a");
        var remains = await host.WhenReleased;

        (remains.Failure, host.Answers.Count).ShouldBe((null, 0));
        remains.Publishes.ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_fenced_append_leaves_everything_to_the_owner()
    {
        var host = Host();
        host.Publish("a");
        await Deadline.Until(() => _journal.Waiting == 1, "the append");
        host.Publish("b");
        _journal.Answer(WriteOutcome.Fenced);
        var remains = await host.WhenReleased;

        (remains.Failure, remains.Export, host.Answers.Count).ShouldBe((null, null, 0));
        remains.Publishes.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_lost_shard_ends_the_channel_after_the_append_under_way_and_the_doubt_about_it()
    {
        var host = Host();
        var first = host.Publish("a");
        await Deadline.Until(() => _journal.Waiting == 1, "the append");
        host.Publish("b");
        host.Signal(Entity.Lost.Instance);
        _journal.Answer(WriteOutcome.Unknown);
        var remains = await host.WhenReleased;

        host.Answers[first].ShouldBeOfType<EntityReply.Refused>("it was not written");
        (remains.Failure, remains.Export).ShouldBe((null, null));
        remains.Publishes.ShouldBe(["b"]);
    }

    [Fact]
    public async Task Readers_who_were_asked_for_before_the_end_are_answered()
    {
        var host = Host();
        for (var i = 1; i <= 3; i++)
        {
            host.Publish($"m{i}");
            await Deadline.Until(() => _journal.Waiting == 1, "the append");
            _journal.Answer(WriteOutcome.Committed);
        }

        var reads = _journal.HoldReads();
        var read = host.Ask(new ChannelRequest.Read(new StreamPosition(_journal.Log.Epoch, 0), 10, 1000));
        host.Signal(Entity.HandOff.Instance);
        host.Publish("late");
        host.IsReleased.ShouldBeFalse();
        reads.SetResult();
        var remains = await host.WhenReleased;

        host.Answers[read].ShouldBeOfType<ChannelReply.Page>().Messages.Count.ShouldBe(3);
        remains.Publishes.ShouldBe(["late"]);
    }

    [Fact]
    public async Task Listeners_of_nodes_that_are_gone_do_not_keep_a_channel_in_memory()
    {
        var host = Host();
        var tag = host.Ask(new ChannelRequest.Listen(RecordingCluster.Two, 8));
        await Deadline.Until(() => host.Answers.ContainsKey(tag), "the answer");
        host.Members.Remove(RecordingCluster.Two);

        await Deadline.Until(
            () =>
            {
                host.Clock.Advance(TimeSpan.FromMinutes(1));
                return host.IsReleased;
            },
            "the channel to leave memory");
        (await host.WhenReleased).Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Where_the_log_ends_is_told_a_second_after_the_last_publish()
    {
        var host = Host();
        host.Ask(new ChannelRequest.Listen(RecordingCluster.Two, 8));
        var tag = host.Publish("a");
        await Deadline.Until(() => _journal.Waiting == 1, "the append");
        _journal.Answer(WriteOutcome.Committed);
        await Deadline.Until(() => host.Answers.ContainsKey(tag), "the answer");

        await Deadline.Until(
            () =>
            {
                host.Clock.Advance(TimeSpan.FromSeconds(1));
                return host.News.Any(news => news.Message is ChannelNews.Head);
            },
            "the head");

        host.News.Select(news => news.Message).OfType<ChannelNews.Head>().Single().Position.Offset.ShouldBe(1);
    }

    [Fact]
    public async Task A_member_whose_owner_is_new_and_does_not_speak_is_asked_whether_it_is_here()
    {
        var host = Host(new NamespacePolicy("chat") { Presence = true });
        var announce = host.Ask(new ChannelRequest.Announce(ChannelRig.Ann, null, ChannelRig.Text("here")));
        await Deadline.Until(() => host.Answers.ContainsKey(announce), "the announcement");

        host.Signal(new Entity.OwnersMoved(new OwnersChange(ClusterView.Alone(ChannelRig.Node), new HashSet<ShardId> { new(0) })));
        var after = host.Ask(new ChannelRequest.WhoIsHere());
        await Deadline.Until(() => host.Answers.ContainsKey(after), "the change of owners");
        host.Words.ShouldBeEmpty();
        host.Clock.Advance(new ChannelPolicy().UnclaimedGrace);

        await Deadline.Until(() => !host.Words.IsEmpty, "the question");
        host.Words.ShouldHaveSingleItem().ShouldBe((EntityAddress.Of(ChannelRig.Ann), new SessionRequest.Probe(ChannelRig.Name)));
    }

    private ChannelHost Host(NamespacePolicy? space = null, ReadOnlyMemory<byte>? import = null, ulong epoch = 99)
    {
        var host = new ChannelHost(_journal, space, import, epoch);
        _hosts.Add(host);
        return host;
    }
}
