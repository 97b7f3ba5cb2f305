using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;

namespace Realtime.Tests.Channels;

/// <summary>What comes after a position: contiguous messages, or an explicit gap; from memory or from the log.</summary>
public sealed class MachineReadTests
{
    private readonly MachineRig _rig = new(policy: new ChannelPolicy { RecentMessages = 3 });

    [Theory]
    [InlineData(0, 100, 1, 6)]
    [InlineData(4, 100, 5, 6)]
    [InlineData(1, 2, 2, 3)]
    public void A_page_holds_what_follows_the_position(long after, int limit, int first, int last)
    {
        _rig.Fill(6);
        _rig.Read(after, limit).Messages.Select(message => message.Offset).ShouldBe(Enumerable.Range(first, last - first + 1).Select(offset => (long)offset));
    }

    [Fact]
    public void Who_stands_at_the_head_gets_an_empty_page()
    {
        _rig.Fill(2);
        var page = _rig.Read(2);
        (page.Messages.Count, page.Gap, page.Head.Offset).ShouldBe((0, null, 2));
    }

    [Fact]
    public void A_position_ahead_of_the_log_is_a_gap()
    {
        _rig.Fill(2);
        _rig.Read(9).Gap.ShouldBe(new GapNotice(GapReason.Ahead, new StreamPosition(_rig.Log.Epoch, 2)));
    }

    [Fact]
    public void A_subscriber_gets_position_head_roster_and_first_page_in_one_answer()
    {
        _rig.Fill(5);
        _rig.Listen();
        _rig.Ask(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed(), [MachinePresenceTests.ClaimOf(MachineRig.Ann)]));
        var subscribed = _rig.Subscribe(new StartFrom.At(new StreamPosition(_rig.Log.Epoch, 1)), page: 3);
        subscribed.Messages.Select(MachineRig.TextOf).ShouldBe(["m2", "m3", "m4"]);
        (subscribed.Position.Offset, subscribed.Head.Offset, subscribed.Recovered, subscribed.Gap).ShouldBe((1, 5, true, null));
        subscribed.Roster!.Members!.Single().Session.ShouldBe(MachineRig.Ann);
    }

    [Theory]
    [InlineData("live", 5)]
    [InlineData("start", 0)]
    [InlineData("last2", 3)]
    [InlineData("last99", 0)]
    [InlineData("ago", 3)]
    public void A_wish_becomes_a_position(string wish, long expected)
    {
        _rig.Fill(3);
        _rig.Now += 10_000;
        _rig.Fill(2);
        StartFrom from = wish switch
        {
            "live" => StartFrom.Live,
            "start" => StartFrom.Start,
            "last2" => new StartFrom.Last(2),
            "last99" => new StartFrom.Last(99),
            _ => new StartFrom.Ago(5),
        };
        var subscribed = _rig.Subscribe(from);
        subscribed.Position.Offset.ShouldBe(expected);
        subscribed.Recovered.ShouldBeNull();
        subscribed.Messages.Count.ShouldBe((int)(5 - expected));
    }

    [Fact]
    public void A_subscriber_of_another_epoch_learns_the_gap_and_starts_behind_it()
    {
        _rig.Fill(2);
        var subscribed = _rig.Subscribe(new StartFrom.At(new StreamPosition(new Epoch(1), 1)));
        subscribed.Gap!.Reason.ShouldBe(GapReason.Epoch);
        (subscribed.Position.Offset, subscribed.Recovered, subscribed.Messages.Count).ShouldBe((0, false, 2));
    }

    [Fact]
    public void Publishes_during_a_read_of_the_first_page_do_not_get_into_it_twice_or_lost()
    {
        _rig.ServesReads = false;
        _rig.Fill(5);
        var tag = _rig.Ask(tag => new ChannelRequest.Subscribe(MachineRig.Name, tag, StartFrom.Start, 4, int.MaxValue, WantsRoster: false));
        _rig.Fill(2);
        _rig.ServeReads();
        var subscribed = _rig.Reply(tag).ShouldBeOfType<ChannelReply.Subscribed>();
        subscribed.Messages.Select(MachineRig.TextOf).ShouldBe(["m1", "m2", "m3", "m4"]);
        subscribed.Head.Offset.ShouldBe(7);
    }

    [Fact]
    public void A_page_gives_nothing_that_the_log_has_written_but_not_reported()
    {
        _rig.Fill(5);
        _rig.Publish("unreported");
        var unreported = _rig.Log.Commit();
        _rig.ServesReads = false;
        var tag = _rig.Ask(tag => new ChannelRequest.Read(MachineRig.Name, tag, new StreamPosition(_rig.Log.Epoch, 0), 10, int.MaxValue));
        _rig.ServeReads();
        _rig.Reply(tag).ShouldBeOfType<ChannelReply.Page>().Messages.Count.ShouldBe(5);
        _rig.Hear(unreported);
        _rig.Machine.Log.Head.ShouldBe(6);
    }

    [Theory]
    [InlineData(false, 2, "m1,m2", true, 2)]
    [InlineData(true, 2, "m6,m5", true, 4)]
    [InlineData(true, 10, "m6,m5,m4,m3,m2,m1", false, 0)]
    public void History_goes_up_and_down(bool reverse, int limit, string expected, bool more, long position)
    {
        _rig.Fill(6);
        var page = _rig.Get<ChannelReply.HistoryPage>(
            tag => new ChannelRequest.ReadHistory(MachineRig.Name, tag, StartFrom.Start, limit, reverse));
        string.Join(',', page.Messages.Select(MachineRig.TextOf)).ShouldBe(expected);
        (page.More, page.Position.Offset).ShouldBe((more, position));
    }

    [Fact]
    public void History_backwards_ends_where_its_wish_begins()
    {
        _rig.Fill(30);

        Offsets(new StartFrom.Last(3), 10).ShouldBe("30 29 28");
        Offsets(StartFrom.Start, 2).ShouldBe("30 29");
        Offsets(new StartFrom.At(new StreamPosition(_rig.Log.Epoch, 12)), 10).ShouldBe("12 11 10 9 8 7 6 5 4 3");

        string Offsets(StartFrom from, int limit) => string.Join(' ', _rig.Get<ChannelReply.HistoryPage>(
            tag => new ChannelRequest.ReadHistory(MachineRig.Name, tag, from, limit, Reverse: true)).Messages.Select(message => message.Offset));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void History_of_an_empty_channel_is_empty_in_both_directions(bool reverse)
    {
        var page = _rig.Get<ChannelReply.HistoryPage>(tag => new ChannelRequest.ReadHistory(MachineRig.Name, tag, StartFrom.Start, 5, reverse));

        (page.Messages.Count, page.Position.Offset, page.More).ShouldBe((0, 0, false));
    }

    [Fact]
    public void History_from_another_epoch_is_refused()
    {
        _rig.Fill(1);
        _rig.Get<ChannelReply.Refused>(tag => new ChannelRequest.ReadHistory(
            MachineRig.Name, tag, new StartFrom.At(new StreamPosition(new Epoch(1), 1)), 10, Reverse: false)).Code.ShouldBe(ErrorCode.BadRequest);
    }

    [Fact]
    public void An_operator_sees_how_the_channel_stands_and_does_not_keep_it_in_memory()
    {
        _rig.Fill(2);
        var due = _rig.Machine.Due;
        _rig.Now += 1000;
        var info = _rig.Get<ChannelReply.Inspected>(tag => new ChannelRequest.Inspect(MachineRig.Name, tag)).Info;
        (info.Durability, info.Head!.Value.Offset, info.Pending, info.IsAvailable).ShouldBe(("journal", 2, 0, true));
        _rig.Machine.Due.ShouldBe(due);
    }
}
