using Akka.Actor;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Serialization;

namespace Realtime.Tests.Persistence;

/// <summary>Pages, instants, snapshots and holes, read through the log's actor.</summary>
[Collection(ActorSystems.Name)]
public sealed class EventLogReadingTests : EventLogStage
{
    [Fact]
    public async Task A_log_recovers_from_its_snapshot_when_the_rows_before_it_are_gone()
    {
        await StartAsync();
        for (var i = 1; i <= 25; i++)
        {
            Append(tail: Math.Max(1, i - 4));
            await NewsAsync<LogNews.Committed>();
        }

        await AwaitAssertAsync(() => Store.Numbers[0].ShouldBeGreaterThan(10), TimeSpan.FromSeconds(30));
        Parent.Tell(PoisonPill.Instance);
        var (recovered, _) = await RestartedAsync();

        recovered.ShouldSatisfyAllConditions(log => log.Head.ShouldBe(25), log => log.Tail.ShouldBe(21));
        (await PageAsync(21, 10)).Messages.Select(message => message.Offset).ShouldBe([21, 22, 23, 24, 25]);
    }

    [Fact]
    public async Task Pages_begin_anywhere_and_end_at_their_bounds_or_the_head()
    {
        await StartAsync();
        await AppendedAsync(40);

        (await PageAsync(1, 5)).Messages.Select(message => message.Offset).ShouldBe([1, 2, 3, 4, 5]);
        (await PageAsync(17, 20)).Messages.Select(message => message.Offset).ShouldBe(Enumerable.Range(17, 20).Select(offset => (long)offset));
        (await PageAsync(38, 100)).ShouldSatisfyAllConditions(
            page => page.Messages.Select(message => message.Offset).ShouldBe([38, 39, 40]), page => page.Hole.ShouldBeNull());
        (await PageAsync(41, 100)).ShouldSatisfyAllConditions(page => page.Messages.ShouldBeEmpty(), page => page.Hole.ShouldBeNull());
        (await PageAsync(3, 100, bytes: 150)).Messages.Select(message => message.Offset).ShouldBe([3, 4]);
    }

    [Fact]
    public async Task The_last_offset_before_an_instant_is_found()
    {
        await StartAsync();
        await AppendedAsync(40);

        Tell(log => log.Find(new LogRequest.FindTime(7, 1_017)));
        (await NewsAsync<LogNews.TimeFound>()).ShouldBe(new LogNews.TimeFound(7, 16));
        Tell(log => log.Find(new LogRequest.FindTime(8, 9_000)));
        (await NewsAsync<LogNews.TimeFound>()).Before.ShouldBe(40);
        Tell(log => log.Find(new LogRequest.FindTime(9, 0)));
        (await NewsAsync<LogNews.TimeFound>()).Before.ShouldBe(0);
    }

    [Fact]
    public async Task Rows_are_deleted_up_to_the_row_that_a_search_for_a_new_tail_found()
    {
        await StartAsync();
        await AppendedAsync(3);

        Tell(log => log.Find(new LogRequest.FindTime(7, 1_003, MovesTail: true)));
        (await NewsAsync<LogNews.TimeFound>()).Before.ShouldBe(2);
        Tell(log => log.Append(new JournalEvent.ChannelAppended([], 3)));

        await AwaitAssertAsync(() => Store.Numbers.ShouldBe([3, 4]), TimeSpan.FromSeconds(30));
        (await PageAsync(3, 10)).Messages.Select(message => message.Offset).ShouldBe([3]);
    }

    [Fact]
    public async Task A_torn_row_is_a_hole_of_exactly_its_extent_and_the_rest_can_be_read()
    {
        await StartAsync();
        var epoch = (await AppendedAsync(8)).Epoch;
        Parent.Tell(PoisonPill.Instance);
        Store.Put(7, EventCodec.Write(Store.Events[6])[..^9]);

        var (recovered, replayed) = await RestartedAsync();

        recovered.ShouldSatisfyAllConditions(log => log.Head.ShouldBe(8), log => log.Epoch.ShouldBe(epoch));
        Offsets(replayed).ShouldBe([6, 8], "a snapshot covers the first five");
        replayed[1].Body.ShouldBeOfType<JournalEvent.Corrupt>().ShouldSatisfyAllConditions(
            corrupt => corrupt.FirstOffset.ShouldBe(7), corrupt => corrupt.Count.ShouldBe(1));
        var before = await PageAsync(5, 10);
        before.Messages.Select(message => message.Offset).ShouldBe([5, 6]);
        before.Hole.ShouldBe((7, 7));
        (await PageAsync(8, 10)).Messages.Select(message => message.Offset).ShouldBe([8]);
    }

    [Fact]
    public async Task A_read_that_fails_says_so()
    {
        await StartAsync();
        await AppendedAsync(1);
        Store.FailRecoveries(1);

        Tell(log => log.Read(new LogRequest.Read(3, 1, 10, 1_000)));

        (await NewsAsync<LogNews.ReadFailed>()).Tag.ShouldBe(3);
    }
}
