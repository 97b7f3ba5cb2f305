using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Positions;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>How much a log holds, and the part of it that is in memory.</summary>
public sealed class HistoryExtentTests
{
    [Fact]
    public void An_extent_agrees_with_a_plain_count_of_messages_and_keeps_its_limits_to_one_run()
    {
        var sizes = Gen.Choose(0, 300).ArrayOf().ToArbitrary();
        Prop.ForAll(sizes, added =>
        {
            var limits = new HistoryLimits { Count = 40, Bytes = 4000 };
            var extent = new HistoryExtent();
            var kept = new Queue<LogMessage>();
            long head = 0;
            foreach (var size in added)
            {
                var message = new LogMessage(++head, new Payload(new byte[size]), 0);
                var tail = extent.TailWithin(limits, 1, message.Size);
                extent.TrimTo(tail);
                extent.Add(message);
                kept.Enqueue(message);
                while (kept.Peek().Offset < tail)
                {
                    kept.Dequeue();
                }

                (extent.Head, extent.Tail, extent.Count).ShouldBe((head, kept.Peek().Offset, kept.Count));
                kept.Count.ShouldBeLessThanOrEqualTo(limits.Count);

                // A run that was cut is taken to be of even messages, so the sum may be off by what one run holds.
                const long Run = HistoryExtent.RunLength * 364L;
                extent.Bytes.ShouldBeInRange(kept.Sum(item => (long)item.Size) - Run, kept.Sum(item => (long)item.Size) + Run);
                extent.Bytes.ShouldBeLessThanOrEqualTo(limits.Bytes + Run);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(200).WithQuietOnSuccess(true));
    }

    [Fact]
    public void Recent_messages_are_a_ring_that_agrees_with_a_list()
    {
        var steps = Gen.Choose(0, 9).ArrayOf().ToArbitrary();
        Prop.ForAll(steps, actions =>
        {
            var recent = new RecentMessages();
            var model = new List<LogMessage>();
            long head = 0;
            foreach (var action in actions)
            {
                if (action < 7)
                {
                    var message = new LogMessage(++head, new Payload(new byte[action * 10]), 0);
                    recent.Add(message);
                    model.Add(message);
                }
                else if (action == 7)
                {
                    recent.TrimBefore(head - 2);
                    model.RemoveAll(message => message.Offset < head - 2);
                }
                else
                {
                    recent.Bound(6, 400);
                    while (model.Count > 6 || (model.Count > 1 && model.Sum(message => message.Size) > 400))
                    {
                        model.RemoveAt(0);
                    }
                }

                (recent.Count, recent.Bytes).ShouldBe((model.Count, model.Sum(message => (long)message.Size)));
                foreach (var message in model)
                {
                    recent.Covers(message.Offset).ShouldBeTrue();
                    recent[message.Offset].ShouldBeSameAs(message);
                }

                recent.Covers(head + 1).ShouldBeFalse();
                if (model.Count > 0)
                {
                    recent.Covers(model[0].Offset - 1).ShouldBeFalse();
                    recent.Slice(model[0].Offset, 3, int.MaxValue).ShouldBe(model.Take(3));
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(100).WithQuietOnSuccess(true));
    }
}
