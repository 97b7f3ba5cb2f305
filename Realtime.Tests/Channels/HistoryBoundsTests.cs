using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Channels;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>A page of history is the beginning of what was asked for, and says whether that goes on behind it.</summary>
public sealed class HistoryBoundsTests
{
    [Theory]
    [InlineData(3, 10, "30 29 28", false)]
    [InlineData(3, 3, "30 29 28", false)]
    [InlineData(3, 2, "30 29", true)]
    [InlineData(0, 10, "", false)]
    [InlineData(1000, 28, "30 29 28 27 26 25 24 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3", true)]
    public void The_last_messages_backwards_go_on_only_as_long_as_they_are_not_all_there(int last, int limit, string expected, bool more)
    {
        var rig = new MachineRig();
        rig.Fill(30);

        var page = Read(rig, new StartFrom.Last(last), limit, reverse: true);

        (string.Join(' ', page.Messages.Select(message => message.Offset)), page.More).ShouldBe((expected, more));
    }

    [Theory]
    [InlineData(4, 10, "30 29 28 27 26", false)]
    [InlineData(4, 5, "30 29 28 27 26", false)]
    [InlineData(4, 4, "30 29 28 27", true)]
    public void The_last_seconds_backwards_go_on_only_as_long_as_they_are_not_all_there(int seconds, int limit, string expected, bool more)
    {
        var rig = new MachineRig();
        for (var i = 0; i < 30; i++)
        {
            rig.Now += 1000;
            rig.Fill(1);
        }

        var page = Read(rig, new StartFrom.Ago(seconds), limit, reverse: true);

        (string.Join(' ', page.Messages.Select(message => message.Offset)), page.More).ShouldBe((expected, more));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(4, "7 8 9 10 11")]
    [InlineData(1000, "3 4 5 6 7 8 9 10 11")]
    public void The_last_seconds_of_a_log_in_memory_are_found_in_memory(int seconds, string expected)
    {
        var rig = new MachineRig(new NamespacePolicy("chat") { Durability = Durability.Memory, History = new HistoryLimits { Count = 9 } });
        var from = new StartFrom.Ago(seconds);
        Read(rig, from, 100, reverse: false).Messages.ShouldBeEmpty();
        for (var i = 0; i < 11; i++)
        {
            rig.Now += 1000;
            rig.Publish($"m{i}");
        }

        rig.Now += seconds == 0 ? 1 : 0;
        var offsets = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse).ToList();
        Read(rig, from, 100, reverse: false).Messages.Select(message => message.Offset).ShouldBe(offsets);
        Read(rig, from, 100, reverse: true).Messages.Select(message => message.Offset).ShouldBe(offsets.AsEnumerable().Reverse());
        var subscribed = rig.Get<ChannelReply.Subscribed>(tag => new ChannelRequest.Subscribe(MachineRig.Name, tag, from, 100, 65536, WantsRoster: false));
        subscribed.Messages.Select(message => message.Offset).ShouldBe(offsets);
    }

    [Fact]
    public void Every_page_is_the_beginning_of_what_was_asked_for_and_says_whether_that_goes_on()
    {
        var cases =
            from messages in Gen.Choose(0, 60)
            from kind in Gen.Choose(0, 4)
            from value in Gen.Choose(0, 70)
            from limit in Gen.Choose(1, 40)
            from recent in Gen.Elements(1, 5, 1000)
            select new Case(messages, kind, value, limit, recent);
        Prop.ForAll(cases.ToArbitrary(), it =>
        {
            var rig = Filled(it.Messages, it.Recent);
            foreach (var reverse in (bool[])[false, true])
            {
                var from = From(rig, it);
                var expected = Expected(rig, from, reverse);

                var page = Read(rig, from, it.Limit, reverse);

                var offsets = page.Messages.Select(message => message.Offset).ToList();
                offsets.ShouldBe(expected.Take(offsets.Count));
                page.More.ShouldBe(offsets.Count < expected.Count);
                (offsets.Count > 0 || expected.Count == 0).ShouldBeTrue("a page is empty only if there is nothing");
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true));
    }

    [Fact]
    public void Pages_in_both_directions_show_every_message_that_can_be_read_and_end()
    {
        var cases =
            from messages in Gen.Choose(1, 40)
            from torn in Gen.Choose(1, 40).ListOf(12)
            from limit in Gen.Choose(1, 12)
            from recent in Gen.Elements(1, 5)
            select (messages, torn, limit, recent);
        Prop.ForAll(cases.ToArbitrary(), it =>
        {
            var rig = Filled(it.messages, it.recent);
            foreach (var offset in it.torn.Where(offset => offset <= it.messages).Distinct())
            {
                rig.Log.Corrupt(offset, 1);
            }

            rig.Restart();
            var readable = rig.Log.All.Where(logged => logged is not null).Select(logged => logged!.Message.Offset).ToList();

            Walk(rig, StartFrom.Start, it.limit, reverse: false).ShouldBe(readable);
            Walk(rig, StartFrom.Start, it.limit, reverse: true).ShouldBe(readable.AsEnumerable().Reverse());
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true));
    }

    /// <summary>Page after page, as clients do.</summary>
    private static List<long> Walk(MachineRig rig, StartFrom from, int limit, bool reverse)
    {
        var offsets = new List<long>();
        for (var pages = 0; pages <= 100; pages++)
        {
            var page = Read(rig, from, limit, reverse);
            offsets.AddRange(page.Messages.Select(message => message.Offset));
            if (!page.More)
            {
                return offsets;
            }

            from = new StartFrom.At(page.Position);
        }

        throw new ShouldAssertException($"no end after 100 pages: {string.Join(' ', offsets)}");
    }

    /// <summary>Messages of different sizes, two each second, of which the newest 50 are kept.</summary>
    private static MachineRig Filled(int messages, int recent)
    {
        var rig = new MachineRig(
            new NamespacePolicy("chat") { History = new HistoryLimits { Count = 50 } }, new ChannelPolicy { RecentMessages = recent, HistoryBytes = 2000 });
        for (var i = 0; i < messages; i++)
        {
            rig.Now += 500;
            rig.Publish(new string('x', i * 37 % 300));
            rig.Commit();
        }

        return rig;
    }

    private static StartFrom From(MachineRig rig, Case it) => it.Kind switch
    {
        0 => StartFrom.Start,
        1 => StartFrom.Live,
        2 => new StartFrom.Last(it.Value),
        3 => new StartFrom.Ago(it.Value),
        _ => new StartFrom.At(new StreamPosition(rig.Machine.Log.Epoch, it.Value)),
    };

    private static List<long> Expected(MachineRig rig, StartFrom from, bool reverse)
    {
        var log = rig.Machine.Log;
        var kept = rig.Log.All.Select(logged => logged!.Message).Where(message => message.Offset >= log.Tail).OrderBy(message => message.Offset).ToList();
        IEnumerable<LogMessage> wanted = from switch
        {
            StartFrom.Last last => kept.TakeLast(last.Count),
            StartFrom.Ago ago => kept.Where(message => message.At >= rig.Now - (ago.Seconds * 1000)),
            StartFrom.At at when reverse => kept.Where(message => message.Offset <= at.Position.Offset),
            StartFrom.At at => kept.Where(message => message.Offset > at.Position.Offset),
            StartFrom.LiveEnd when !reverse => [],
            _ => kept,
        };
        return [.. (reverse ? wanted.Reverse() : wanted).Select(message => message.Offset)];
    }

    private static ChannelReply.HistoryPage Read(MachineRig rig, StartFrom from, int limit, bool reverse) => rig.Get<ChannelReply.HistoryPage>(
        tag => new ChannelRequest.ReadHistory(MachineRig.Name, tag, from, limit, reverse));

    private sealed record Case(int Messages, int Kind, int Value, int Limit, int Recent);
}
