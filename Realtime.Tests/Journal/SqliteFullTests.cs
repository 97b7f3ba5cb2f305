using Realtime.Cluster.Journal;

namespace Realtime.Tests.Journal;

/// <summary>No room: by the database's own limit, and for real in the middle of a commit.</summary>
public sealed class SqliteFullTests
{
    [Fact]
    public async Task A_full_store_says_so_loses_nothing_and_works_again_after_trimming()
    {
        await using var store = new SqliteStoreCase(options => options with { MaxBytes = 1 << 20 });
        await store.StartAsync();
        var log = (await store.OpenAsync("chat:a")).Log;
        var head = await FillAsync(store, log);
        head.ShouldBeInRange(50, 150);
        store.Store.Health.IsWell.ShouldBeFalse();

        // What needs no room still goes through beside what does.
        Task<WriteOutcome> large;
        Task<WriteOutcome> trim;
        using (await store.HoldAsync())
        {
            large = store.Append(log, head, new string('y', 8_000));
            trim = store.Trim(log, head, 3);
        }

        (await large).ShouldBe(WriteOutcome.StorageFull);
        (await trim).ShouldBe(WriteOutcome.Committed);
        var slice = await store.ReadAsync(log);
        (slice.Head, slice.Tail, slice.Messages.Count).ShouldBe((head, 3, (int)head - 2));
        slice.Messages.ShouldAllBe(message => message.Payload.Length == 8_000);

        (await store.Trim(log, head, head + 1)).ShouldBe(WriteOutcome.Committed);
        (await store.Append(log, head, new string('z', 8_000))).ShouldBe(WriteOutcome.Committed);
        store.Store.Health.IsWell.ShouldBeTrue();
        await store.ReopenAsync();
        var reopened = await store.HeadAsync(log);
        (reopened.Head, reopened.Tail).ShouldBe((head + 1, head + 1));
    }

    [Fact]
    public async Task In_a_full_store_each_waiting_caller_gets_an_outcome_of_its_own()
    {
        await using var store = new SqliteStoreCase(options => options with { MaxBytes = 1 << 20 });
        await store.StartAsync();
        var logs = new List<LogId>();
        for (var i = 0; i < 40; i++)
        {
            logs.Add((await store.OpenAsync($"chat:{i}")).Log);
        }

        List<Task<WriteOutcome>> outcomes;
        using (await store.HoldAsync())
        {
            outcomes = [.. logs.Select(log => store.Append(log, 0, new string('x', 60_000)))];
        }

        var all = await Task.WhenAll(outcomes);
        all.Count(outcome => outcome == WriteOutcome.Committed).ShouldBeInRange(10, 17);
        for (var i = 0; i < logs.Count; i++)
        {
            all[i].ShouldBeOneOf(WriteOutcome.Committed, WriteOutcome.StorageFull);
            (await store.ReadAsync(logs[i])).Messages.Count.ShouldBe(all[i] == WriteOutcome.Committed ? 1 : 0);
        }
    }

    [Fact]
    public async Task A_disk_that_is_full_at_the_commit_is_told_from_an_unknown_outcome()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/full");
        await using var store = new SqliteStoreCase();
        await store.StartAsync();
        var log = (await store.OpenAsync("chat:a")).Log;
        await store.Append(log, 0, "1");

        using (WalSwap.For(store.File, "/dev/full", writable: true))
        {
            (await store.Append(log, 1, "2")).ShouldBe(WriteOutcome.StorageFull);
        }

        (await store.Append(log, 1, "two")).ShouldBe(WriteOutcome.Committed, store.Store.Health.Fault);
        await store.ReopenAsync();
        StoreCase.Texts(await store.ReadAsync(log)).ShouldBe(["1", "two"]);
    }

    [Fact]
    public async Task A_commit_that_fails_and_cannot_be_made_void_is_unknown_and_the_head_tells()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "swaps open files");
        await using var store = new SqliteStoreCase();
        await store.StartAsync();
        var log = (await store.OpenAsync("chat:a")).Log;
        await store.Append(log, 0, "1");

        using (WalSwap.For(store.File, store.File + "-wal", writable: false))
        {
            (await store.Append(log, 1, "2")).ShouldBe(WriteOutcome.Unknown);
            store.Store.Health.IsWell.ShouldBeFalse();
        }

        (await store.HeadAsync(log)).Head.ShouldBe(1);
        (await store.Append(log, 1, "two")).ShouldBe(WriteOutcome.Committed, store.Store.Health.Fault);
        store.Store.Health.IsWell.ShouldBeTrue();
        await store.ReopenAsync();
        StoreCase.Texts(await store.ReadAsync(log)).ShouldBe(["1", "two"]);
    }

    private static async Task<long> FillAsync(SqliteStoreCase store, LogId log)
    {
        for (var head = 0L; head < 1_000; head++)
        {
            var outcome = await store.Append(log, head, new string('x', 8_000));
            if (outcome != WriteOutcome.Committed)
            {
                outcome.ShouldBe(WriteOutcome.StorageFull);
                return head;
            }
        }

        throw new InvalidOperationException("the store took 8 MB and should take 1");
    }
}
