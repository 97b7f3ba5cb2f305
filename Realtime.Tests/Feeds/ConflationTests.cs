using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Positions;
using Realtime.Node.Feeds.Core;

namespace Realtime.Tests.Feeds;

public sealed class ConflationTests
{
    private static readonly Epoch Life = new(5);

    [Fact]
    public void The_newest_of_each_key_stays_in_the_order_of_publishing() =>
        Prop.ForAll(Gen.Choose(0, 4).ArrayOf().ToArbitrary(), keys =>
        {
            var conflation = new Conflation(new StreamPosition(Life, 10));
            var all = keys.Select((key, index) => Message(11 + index, $"k{key}")).ToList();
            foreach (var message in all)
            {
                conflation.TryAdd(Life, message.Offset, message.Offset, [message]).ShouldBeTrue();
            }

            conflation.Newest.ShouldBe(all.GroupBy(KeyOf).Select(group => group.Last()).OrderBy(message => message.Offset));
            conflation.Last.ShouldBe(10 + keys.Length);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true));

    [Fact]
    public void A_hole_or_another_life_of_the_log_makes_the_reader_read_it()
    {
        var conflation = new Conflation(new StreamPosition(Life, 10));
        conflation.TryAdd(Life, 12, 12, [Message(12, "a")]).ShouldBeFalse();
        conflation.TryAdd(new Epoch(6), 11, 11, [Message(11, "a")]).ShouldBeFalse();
        conflation.TryAdd(Life, 9, 11, [Message(9, "a"), Message(10, "a"), Message(11, "b")]).ShouldBeTrue();
        conflation.Newest.Single().Offset.ShouldBe(11);
    }

    [Fact]
    public void Too_many_keys_make_the_reader_read_the_log_and_without_one_the_oldest_gives_way()
    {
        var logged = new Conflation(new StreamPosition(Life, 0));
        var unlogged = new Conflation(default);
        for (var i = 1; i <= Conflation.MaxKeys; i++)
        {
            logged.TryAdd(Life, i, i, [Message(i, $"k{i}")]).ShouldBeTrue();
            unlogged.TryAdd(default, 0, 0, [Message(0, $"k{i}")]).ShouldBeTrue();
        }

        logged.TryAdd(Life, Conflation.MaxKeys + 1, Conflation.MaxKeys + 1, [Message(Conflation.MaxKeys + 1, "new")]).ShouldBeFalse();
        unlogged.TryAdd(default, 0, 0, [Message(0, "new")]).ShouldBeTrue();
        unlogged.Newest.Count.ShouldBe(Conflation.MaxKeys);
        KeyOf(unlogged.Newest[0]).ShouldBe("k2");
        KeyOf(unlogged.Newest[^1]).ShouldBe("new");
    }

    private static string KeyOf(LogMessage message) => message.Tags.Single().Value;

    private static LogMessage Message(long offset, string key) => new(offset, default, 0) { Tags = [KeyValuePair.Create("key", key)] };
}
