using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>Every question of the form "what comes after this position?".</summary>
public sealed class ChannelReadTests
{
    private readonly ChannelRig _rig = new(
        new NamespacePolicy("chat") { History = new HistoryLimits { Count = 20 } },
        new ChannelPolicy { RecentMessages = 5 });

    private Epoch Epoch => _rig.Store.Epoch;

    [Fact]
    public void A_wish_becomes_the_position_before_the_first_message_it_asks_for()
    {
        _rig.Fill(30);

        Locate(StartFrom.Live).ShouldBe((30, null, null));
        Locate(StartFrom.Start).ShouldBe((10, null, null));
        Locate(new StartFrom.Last(3)).ShouldBe((27, null, null));
        Locate(new StartFrom.Last(1000)).ShouldBe((10, null, null));
        Locate(new StartFrom.At(At(25))).ShouldBe((25, true, null));
        Locate(new StartFrom.At(At(10))).ShouldBe((10, true, null));
        Locate(new StartFrom.At(At(30))).ShouldBe((30, true, null));
    }

    [Fact]
    public void A_wish_by_time_begins_with_the_first_message_that_young()
    {
        for (var i = 0; i < 5; i++)
        {
            _rig.Now += 1000;
            _rig.Fill(1);
        }

        Locate(new StartFrom.Ago(2)).ShouldBe((2, null, null));
        Locate(new StartFrom.Ago(0)).ShouldBe((4, null, null));
        Locate(new StartFrom.Ago(3600)).ShouldBe((0, null, null));
    }

    [Theory]
    [InlineData(3, GapReason.Trimmed, 4L, 10L, 10)]
    [InlineData(9, GapReason.Trimmed, 10L, 10L, 10)]
    [InlineData(31, GapReason.Ahead, null, null, 30)]
    public void A_position_the_log_does_not_reach_is_answered_with_the_gap(int offset, GapReason reason, long? from, long? to, int position)
    {
        _rig.Fill(30);

        var located = _rig.Get<ChannelReply.Located>(new ChannelRequest.Locate(new StartFrom.At(At(offset))));
        var page = _rig.Get<ChannelReply.Page>(new ChannelRequest.Read(At(offset), 100, int.MaxValue));

        var gap = new GapNotice(reason, At(position), from, to);
        (located.Recovered, located.Gap, located.Position).ShouldBe((false, gap, At(position)));
        page.Gap.ShouldBe(gap);
    }

    [Fact]
    public void A_position_of_another_life_is_answered_with_the_whole_of_this_one()
    {
        _rig.Fill(30);
        var old = new StreamPosition(new Epoch(1), 15);

        var gap = _rig.Get<ChannelReply.Located>(new ChannelRequest.Locate(new StartFrom.At(old))).Gap;

        gap.ShouldBe(new GapNotice(GapReason.Epoch, At(10)));
    }

    [Fact]
    public void Pages_follow_each_other_to_the_head_from_the_store_and_from_memory_alike()
    {
        _rig.Fill(30);
        var offsets = new List<long>();
        var position = At(10);
        var fromStore = 0;
        while (true)
        {
            var tag = _rig.Ask(new ChannelRequest.Read(position, 3, int.MaxValue));
            fromStore += _rig.Reads.Count;
            _rig.ServeReads();
            var page = _rig.Answers[tag].ShouldBeOfType<ChannelReply.Page>();
            (page.After, page.Gap, page.Head).ShouldBe((position, null, At(30)));
            if (page.Messages.Count == 0)
            {
                break;
            }

            offsets.AddRange(page.Messages.Select(message => message.Offset));
            position = At(offsets[^1]);
        }

        offsets.ShouldBe(Enumerable.Range(11, 20).Select(i => (long)i));
        fromStore.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_page_is_bounded_in_bytes_beyond_its_first_message()
    {
        var rig = new ChannelRig(new NamespacePolicy("board") { Durability = Durability.Memory });
        for (var i = 0; i < 5; i++)
        {
            rig.Publish(new string('x', 100));
        }

        Read(1).ShouldBe(1);
        Read(400).ShouldBe(2);
        Read(int.MaxValue).ShouldBe(5);

        int Read(int bytes) =>
            rig.Get<ChannelReply.Page>(new ChannelRequest.Read(new StreamPosition(rig.Store.Epoch, 0), 100, bytes)).Messages.Count;
    }

    [Fact]
    public void What_the_store_has_committed_but_not_yet_reported_is_not_read()
    {
        // A reader that were given it and came back with that position would be told that it is ahead of the log, and get it twice.
        _rig.Fill(3);
        _rig.Reopen();
        _rig.Publish("m4");
        _rig.Store.Append(_rig.Appends[0]).ShouldBeTrue();

        var page = _rig.Get<ChannelReply.Page>(new ChannelRequest.Read(At(1), 100, int.MaxValue));
        var history = _rig.Get<ChannelReply.HistoryPage>(new ChannelRequest.ReadHistory(StartFrom.Start, 100, false));

        page.Messages.Select(message => message.Offset).ShouldBe([2, 3]);
        (page.Gap, page.Head).ShouldBe((null, At(3)));
        (history.Messages.Count, history.Position, history.More).ShouldBe((3, At(3), false));
    }

    [Fact]
    public void A_hole_in_the_store_is_told_as_a_gap_that_covers_exactly_the_hole()
    {
        _rig.Fill(15);
        var read = ReadFromStore(At(2));
        var slice = _rig.Store.Read(2, 5);

        _rig.Step(new ChannelInput.SliceRead(read, slice with { Messages = [.. slice.Messages.Skip(2)] }));
        var page = _rig.Answers.Values.Last().ShouldBeOfType<ChannelReply.Page>();
        page.Messages.ShouldBeEmpty();
        page.Gap.ShouldBe(new GapNotice(GapReason.Corrupt, At(4), 3, 4));

        read = ReadFromStore(At(2));
        _rig.Step(new ChannelInput.SliceRead(read, slice with { Messages = [slice.Messages[0], .. slice.Messages.Skip(3)] }));
        page = _rig.Answers.Values.Last().ShouldBeOfType<ChannelReply.Page>();
        (page.Messages.Count, page.Gap).ShouldBe((1, null));

        read = ReadFromStore(At(2));
        _rig.Step(new ChannelInput.SliceRead(read, slice with { Messages = [] }));
        _rig.Answers.Values.Last().ShouldBeOfType<ChannelReply.Page>().Gap
            .ShouldBe(new GapNotice(GapReason.Corrupt, At(15), 3, 15));
    }

    [Fact]
    public void History_goes_on_behind_a_hole_in_the_store()
    {
        _rig.Fill(15);
        var tag = _rig.Ask(new ChannelRequest.ReadHistory(new StartFrom.At(At(2)), 5, false));
        var slice = _rig.Store.Read(2, 5);

        _rig.Step(new ChannelInput.SliceRead(_rig.Reads[0], slice with { Messages = [.. slice.Messages.Skip(2)] }));

        var page = _rig.Answers[tag].ShouldBeOfType<ChannelReply.HistoryPage>();
        (page.Position, page.More).ShouldBe((At(4), true));
    }

    [Fact]
    public void A_log_trimmed_while_the_store_was_read_is_told_as_trimmed()
    {
        _rig.Fill(15);
        var read = ReadFromStore(At(2));

        _rig.Step(new ChannelInput.SliceRead(read, new Realtime.Cluster.Journal.LogSlice(15, 6, [.. _rig.Store.All.Skip(5).Take(4)])));

        var page = _rig.Answers.Values.Last().ShouldBeOfType<ChannelReply.Page>();
        page.Gap.ShouldBe(new GapNotice(GapReason.Trimmed, At(5), 3, 5));
        page.Messages.Select(message => message.Offset).ShouldBe([6, 7, 8, 9]);
    }

    [Fact]
    public void A_store_that_cannot_be_read_refuses_and_can_be_asked_again()
    {
        _rig.Fill(15);
        _rig.Step(new ChannelInput.SliceRead(ReadFromStore(At(2)), null));
        _rig.Answers.Values.Last().ShouldBeOfType<EntityReply.Refused>().Code.ShouldBe(ErrorCode.Unavailable);

        var search = _rig.Ask(new ChannelRequest.Locate(new StartFrom.Ago(1)));
        _rig.Step(new ChannelInput.TimeFound(_rig.Searches[0].To, _rig.Searches[0].Request, null));
        _rig.RefusalOf(search).Code.ShouldBe(ErrorCode.Unavailable);
    }

    [Fact]
    public void History_pages_forward_from_any_start_to_the_head()
    {
        _rig.Fill(30);

        History(StartFrom.Start, 4).ShouldBe(("11 12 13 14", 14, true));
        History(new StartFrom.At(At(28)), 4).ShouldBe(("29 30", 30, false));
        History(new StartFrom.At(At(2)), 2).ShouldBe(("11 12", 12, true));
        History(new StartFrom.Last(2), 4).ShouldBe(("29 30", 30, false));
        History(StartFrom.Live, 4).ShouldBe(("", 30, false));
        History(new StartFrom.At(At(99)), 4).ShouldBe(("", 30, false));
        History(new StartFrom.Ago(1), 50).Offsets.ShouldStartWith("11 12 ");
    }

    [Fact]
    public void History_pages_backwards_to_the_very_start_and_says_when_it_is_there()
    {
        _rig.Fill(30);
        var seen = new List<long>();
        StartFrom from = StartFrom.Live;
        bool more;
        do
        {
            var (offsets, position, goesOn) = History(from, 6, reverse: true);
            seen.AddRange(offsets.Split(' ').Select(long.Parse));
            from = new StartFrom.At(At(position));
            more = goesOn;
        }
        while (more);

        seen.ShouldBe(Enumerable.Range(11, 20).Reverse().Select(i => (long)i));
        History(from, 6, reverse: true).ShouldBe(("", 10, false));
    }

    [Fact]
    public void History_backwards_ends_where_its_wish_begins()
    {
        _rig.Fill(30);

        History(new StartFrom.Last(3), 10, reverse: true).Offsets.ShouldBe("30 29 28");
        History(StartFrom.Start, 2, reverse: true).Offsets.ShouldBe("30 29");
        History(new StartFrom.At(At(12)), 10, reverse: true).Offsets.ShouldBe("12 11");
    }

    [Fact]
    public void History_of_an_empty_channel_is_empty_in_both_directions()
    {
        History(StartFrom.Start, 5).ShouldBe(("", 0, false));
        History(StartFrom.Live, 5, reverse: true).ShouldBe(("", 0, false));
    }

    [Fact]
    public void History_from_a_position_of_another_life_is_refused()
    {
        _rig.Fill(3);

        _rig.Get<EntityReply.Refused>(new ChannelRequest.ReadHistory(new StartFrom.At(new StreamPosition(new Epoch(1), 1)), 5, false))
            .Code.ShouldBe(ErrorCode.BadRequest);
    }

    private StreamPosition At(long offset) => new(Epoch, offset);

    private LogRead ReadFromStore(StreamPosition after)
    {
        _rig.Ask(new ChannelRequest.Read(after, 5, int.MaxValue));
        var read = _rig.Reads.ShouldHaveSingleItem();
        _rig.Reads.Clear();
        return read;
    }

    private (long Offset, bool? Recovered, GapNotice? Gap) Locate(StartFrom from)
    {
        var located = _rig.Get<ChannelReply.Located>(new ChannelRequest.Locate(from));
        (located.Position.Epoch, located.Head).ShouldBe((Epoch, At(_rig.Store.Head)));
        return (located.Position.Offset, located.Recovered, located.Gap);
    }

    private (string Offsets, long Position, bool More) History(StartFrom from, int limit, bool reverse = false)
    {
        var page = _rig.Get<ChannelReply.HistoryPage>(new ChannelRequest.ReadHistory(from, limit, reverse));
        page.Position.Epoch.ShouldBe(Epoch);
        return (string.Join(' ', page.Messages.Select(message => message.Offset)), page.Position.Offset, page.More);
    }
}
