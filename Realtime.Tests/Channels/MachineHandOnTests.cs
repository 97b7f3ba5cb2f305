using Realtime.Messages.Channels;
using Realtime.Messages.Positions;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;
using static Realtime.Tests.Channels.MachineRig;

namespace Realtime.Tests.Channels;

/// <summary>A channel in memory whose owner stops on one node and starts on another.</summary>
public sealed class MachineHandOnTests
{
    private static readonly NamespacePolicy Space = new("chat") { Durability = Durability.Memory, Presence = true };

    private readonly MachineRig _before = new(Space);
    private readonly MachineRig _after = new(Space, awaitsLog: true);

    [Fact]
    public void The_next_owner_goes_on_with_offsets_messages_and_sequence_numbers()
    {
        for (var sequence = 1; sequence <= 5; sequence++)
        {
            _before.Publish($"m{sequence}", sequence);
        }

        HandOn();

        var head = _after.Machine.Log.HeadPosition;
        head.ShouldBe(new StreamPosition(new Epoch(5), 5));
        _after.PositionOf(_after.Publish("m3", 3)).ShouldBe(head with { Offset = 3 }, "a repeat");
        _after.PositionOf(_after.Publish("m6", 6, predecessor: 5)).ShouldBe(head with { Offset = 6 });
        var page = _after.Get<ChannelReply.Page>(tag => new ChannelRequest.Read(Name, tag, head with { Offset = 2 }, 100, 100_000));
        page.Gap.ShouldBeNull();
        page.Messages.Select(TextOf).ShouldBe(["m3", "m4", "m5", "m6"]);
    }

    [Fact]
    public void Publishes_and_reads_wait_until_the_log_is_there_and_keep_their_order()
    {
        _before.Publish("m1", 1);
        var feed = _after.Listen();
        var read = _after.Ask(tag => new ChannelRequest.Read(Name, tag, new StreamPosition(new Epoch(5), 0), 100, 100_000));
        var (repeat, second, third) = (_after.Publish("m1", 1), _after.Publish("m2", 2, predecessor: 1), _after.Publish("m3", 3, predecessor: 2));
        _after.Replies.ShouldAllBe(reply => reply is ChannelReply.Listening);

        HandOn();

        new[] { repeat, second, third }.Select(tag => _after.PositionOf(tag)!.Value.Offset).ShouldBe([1, 2, 3]);
        _after.Reply(read).ShouldBeOfType<ChannelReply.Page>().Messages.Select(TextOf).First().ShouldBe("m1");
        _after.News.Where(news => news.To == feed).Select(news => news.News).OfType<ChannelNews.Head>().First().Position.Offset.ShouldBe(1);
        _after.News.Select(news => news.News).OfType<ChannelNews.Batch>().SelectMany(batch => batch.Messages).Select(TextOf).ShouldBe(["m2", "m3"]);
    }

    [Fact]
    public void Where_no_log_was_left_a_new_epoch_makes_an_explicit_gap()
    {
        var read = _after.Ask(tag => new ChannelRequest.Read(Name, tag, new StreamPosition(new Epoch(5), 3), 100, 100_000));
        var publish = _after.Publish("m1", 1);

        _after.Step(new ChannelInput.LogTaken(null));

        _after.PositionOf(publish).ShouldBe(new StreamPosition(new Epoch(6), 1));
        _after.Reply(read).ShouldBeOfType<ChannelReply.Page>().Gap!.Reason.ShouldBe(GapReason.Epoch);
    }

    [Fact]
    public void What_waits_for_the_log_is_given_back_when_the_owner_stops_again()
    {
        var read = _after.Ask(tag => new ChannelRequest.Read(Name, tag, new StreamPosition(new Epoch(5), 0), 100, 100_000));
        var publish = _after.Publish("m1", 1);

        _after.Step(ChannelInput.Stopping.Instance);

        _after.Reply(read).ShouldBeOfType<ChannelReply.Retry>();
        _after.Reply(publish).ShouldBeOfType<ChannelReply.Retry>();
        _after.Machine.Keep().ShouldBeNull();
    }

    [Fact]
    public void An_owner_that_waits_for_its_log_refuses_what_is_too_much_and_does_not_leave_memory()
    {
        var rig = new MachineRig(Space, new Node.Channels.ChannelPolicy { PendingMessages = 2 }, awaitsLog: true);
        rig.Publish("m1");
        rig.Publish("m2");

        rig.Reply(rig.Publish("m3")).ShouldBeOfType<ChannelReply.Refused>();
        rig.Machine.CanPassivate.ShouldBeFalse();
        new MachineRig(Space, awaitsLog: true).Machine.CanPassivate.ShouldBeFalse();
    }

    [Fact]
    public void A_log_that_nobody_could_miss_is_not_kept_and_one_without_a_store_that_keeps_none_neither()
    {
        _before.Machine.Keep().ShouldBeNull("nothing was ever published, and nobody listens");

        var cursors = new MachineRig(new NamespacePolicy("cursors") { Durability = Durability.None });
        cursors.Publish("m1", 1);
        cursors.Machine.Keep().ShouldBeNull();

        var journal = new MachineRig();
        journal.Fill(2);
        journal.Machine.Keep().ShouldBeNull();
    }

    [Fact]
    public void A_log_that_is_trimmed_to_nothing_keeps_its_place_for_those_who_listen()
    {
        var space = Space with { History = new HistoryLimits { Age = TimeSpan.FromSeconds(1) } };
        var (before, after) = (new MachineRig(space), new MachineRig(space, awaitsLog: true));
        before.Publish("m1");
        before.Listen();
        before.Now += 120_000;
        before.Step(ChannelInput.Tick.Instance);
        before.Machine.Log.IsEmpty.ShouldBeTrue();

        after.Step(new ChannelInput.LogTaken(before.Machine.Keep().ShouldNotBeNull()));

        after.PositionOf(after.Publish("m2")).ShouldBe(new StreamPosition(new Epoch(5), 2));
    }

    [Fact]
    public void A_log_in_which_nothing_was_ever_published_keeps_its_epoch_for_those_who_listen()
    {
        _before.Listen();
        var read = _after.Ask(tag => new ChannelRequest.Read(Name, tag, new StreamPosition(new Epoch(5), 0), 100, 100_000));

        HandOn();

        _after.Reply(read).ShouldBeOfType<ChannelReply.Page>().Gap.ShouldBeNull("nothing was lost");
        _after.PositionOf(_after.Publish("m1")).ShouldBe(new StreamPosition(new Epoch(5), 1));
    }

    [Fact]
    public void The_limits_of_history_hold_across_owners()
    {
        var space = Space with { History = new HistoryLimits { Count = 10 } };
        var (before, after) = (new MachineRig(space), new MachineRig(space, awaitsLog: true));
        for (var i = 0; i < 15; i++)
        {
            before.Publish($"m{i}");
        }

        after.Step(new ChannelInput.LogTaken(before.Machine.Keep()));
        after.Machine.Log.Tail.ShouldBe(6);
        after.Publish("more");

        (after.Machine.Log.Tail, after.Machine.Log.Head).ShouldBe((7, 16));
    }

    [Fact]
    public void What_is_past_its_age_when_the_log_comes_is_not_given_to_those_who_waited_for_it()
    {
        var space = Space with { History = new HistoryLimits { Age = TimeSpan.FromMinutes(1) } };
        var (before, after) = (new MachineRig(space), new MachineRig(space, awaitsLog: true));
        before.Publish("old");
        after.Now = before.Now + 60_001;
        var read = after.Ask(tag => new ChannelRequest.Read(Name, tag, new StreamPosition(new Epoch(5), 0), 100, 100_000));

        after.Step(new ChannelInput.LogTaken(before.Machine.Keep()));

        var page = after.Reply(read).ShouldBeOfType<ChannelReply.Page>();
        page.Messages.ShouldBeEmpty();
        page.Gap!.Reason.ShouldBe(GapReason.Trimmed);
    }

    private void HandOn()
    {
        _before.Step(ChannelInput.Stopping.Instance);
        _after.Step(new ChannelInput.LogTaken(_before.Machine.Keep().ShouldNotBeNull()));
    }
}
