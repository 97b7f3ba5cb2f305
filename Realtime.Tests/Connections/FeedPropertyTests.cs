using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Connections;

public sealed class FeedPropertyTests
{
    [Theory]
    [InlineData(LagPolicy.Catchup)]
    [InlineData(LagPolicy.Latest)]
    [InlineData(LagPolicy.Drop)]
    public void Whatever_happens_a_reader_sees_a_contiguous_stream_or_gaps_that_name_the_holes_and_ends_at_the_head(LagPolicy lag) =>
        Prop.ForAll(FeedStep.Sequences(), steps =>
            {
                RunAsync(lag, steps).GetAwaiter().GetResult();
                return true;
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(90).WithQuietOnSuccess(true));

    private static async Task RunAsync(LagPolicy lag, FeedStep[] steps)
    {
        using var rig = new FeedRig(new NamespacePolicy("chat") { Lag = lag, History = new HistoryLimits { Count = 15 } });
        var readers = new FeedReader?[4];
        var published = 0;
        foreach (var step in steps)
        {
            switch (step)
            {
                case FeedStep.Publish publish:
                    rig.Publish($"m{++published}", new SessionId((UInt128)publish.From), publish.From == 0, $"k{publish.Key}");
                    break;
                case FeedStep.PublishUnheard:
                    rig.PublishUnheard($"m{++published}");
                    break;
                case FeedStep.Join join when readers[join.Reader] is null:
                    readers[join.Reader] = new FeedReader(rig, new SessionId((UInt128)join.Reader), StartOf(join, rig.Head), budget: 1000);
                    break;
                case FeedStep.Hold hold:
                    readers[hold.Reader]?.Link.Hold();
                    break;
                case FeedStep.Release release:
                    readers[release.Reader]?.Link.Release();
                    break;
                case FeedStep.ReadOne read:
                    readers[read.Reader]?.Link.ReadOne();
                    break;
                case FeedStep.Forget forget:
                    rig.Forget(forget.Publishes ? $"m{++published}" : null, forget.Reborn);
                    break;
                case FeedStep.MoveOwner move:
                    rig.MoveOwner(move.HandedOff, move.Publishes ? $"m{++published}" : null, move.Reborn);
                    break;
                case FeedStep.DropAnswer:
                    rig.DropAnswers(1);
                    break;
                default:
                    break;
            }
        }

        rig.DropAnswers(0);
        var there = readers.OfType<FeedReader>().ToList();

        // The last word is for everybody: what a reader left out on purpose would otherwise not show where it stands. Said before the slow
        // ones read on, and nothing comes after it: they have to get there without further traffic.
        rig.Publish("the end");
        there.ForEach(reader => reader.Link.Release());
        await rig.Until(() => there.All(reader => reader.Info is not null), "all to be subscribed");
        await rig.Until(() => there.All(reader => reader.Position == rig.Head || reader.IsTooSlow || reader.Faults.Count > 0), "all to be at the head");

        // Whoever is given up as too slow is closed in earnest, and what it was sent after that never mattered.
        foreach (var reader in there.Where(reader => !reader.IsTooSlow))
        {
            reader.Faults.ShouldBeEmpty();
            reader.Seen.LastOrDefault("the end").ShouldBeOneOf("the end", "gap lagged");
        }
    }

    private static StartFrom StartOf(FeedStep.Join join, StreamPosition head) => join.Start switch
    {
        0 => StartFrom.Live,
        1 => StartFrom.Start,
        2 => new StartFrom.Last(3),
        _ => new StartFrom.At(head with { Offset = Math.Min(join.Offset, head.Offset) }),
    };
}
