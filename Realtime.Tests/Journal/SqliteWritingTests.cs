using Realtime.Cluster.Journal;

namespace Realtime.Tests.Journal;

/// <summary>Group commit, its bounds, and what happens to each caller when it fails.</summary>
public sealed class SqliteWritingTests
{
    [Fact]
    public async Task Writes_that_wait_together_share_one_commit()
    {
        await using var store = await StartAsync();
        var log = (await store.OpenAsync("chat:a")).Log;
        Task<WriteOutcome>[] outcomes;
        long commits;
        using (await store.HoldAsync())
        {
            commits = store.Sqlite.Commits;
            outcomes = [.. Enumerable.Range(0, 500).Select(i => store.Append(log, i, "x")), store.Put(new SessionWrite(new(1), 0, new(), null))];
        }

        (await Task.WhenAll(outcomes)).ShouldAllBe(outcome => outcome == WriteOutcome.Committed);
        store.Sqlite.Commits.ShouldBe(commits + 1);
    }

    [Fact]
    public async Task A_batch_keeps_to_its_caps()
    {
        await using var store = await StartAsync(options => options with { BatchItems = 10, BatchBytes = 4096 });
        var log = (await store.OpenAsync("chat:a")).Log;
        Task<WriteOutcome>[] outcomes;
        long commits;
        using (await store.HoldAsync())
        {
            commits = store.Sqlite.Commits;
            outcomes = [.. Enumerable.Range(0, 100).Select(i => store.Append(log, i, "x")), .. Enumerable.Range(100, 5).Select(i => store.Append(log, i, new string('x', 5_000)))];
        }

        (await Task.WhenAll(outcomes)).ShouldAllBe(outcome => outcome == WriteOutcome.Committed);
        store.Sqlite.Commits.ShouldBe(commits + 10 + 5);
    }

    [Fact]
    public async Task A_full_queue_says_busy_at_once_and_takes_writes_again_later()
    {
        await using var store = await StartAsync(options => options with { QueueItems = 4 });
        var log = (await store.OpenAsync("chat:a")).Log;
        List<Task<WriteOutcome>> taken;
        using (await store.HoldAsync())
        {
            taken = [.. Enumerable.Range(0, 4).Select(i => store.Append(log, i, "x"))];
            (await store.Append(log, 4, "x")).ShouldBe(WriteOutcome.Busy);
            (await store.Put(new SessionWrite(new(1), 0, new(), null))).ShouldBe(WriteOutcome.Busy);
            (await Should.ThrowAsync<StoreUnavailableException>(async () => await store.OpenAsync("chat:new"))).Message.ShouldContain("Busy");
        }

        (await Task.WhenAll(taken)).ShouldAllBe(outcome => outcome == WriteOutcome.Committed);
        (await store.Append(log, 4, "x")).ShouldBe(WriteOutcome.Committed);
        (await store.HeadAsync(log)).Head.ShouldBe(5);
    }

    [Fact]
    public async Task The_queue_is_bounded_in_bytes_but_takes_one_large_write_alone()
    {
        await using var store = await StartAsync(options => options with { QueueBytes = 4096 });
        var log = (await store.OpenAsync("chat:a")).Log;
        Task<WriteOutcome> first;
        using (await store.HoldAsync())
        {
            first = store.Append(log, 0, new string('x', 3_000));
            (await store.Append(log, 1, new string('x', 3_000))).ShouldBe(WriteOutcome.Busy);
        }

        (await first).ShouldBe(WriteOutcome.Committed);
        (await store.Append(log, 1, new string('x', 100_000))).ShouldBe(WriteOutcome.Committed);
    }

    [Fact]
    public async Task A_write_that_cannot_be_stored_fails_alone()
    {
        await using var store = await StartAsync();
        var log = (await store.OpenAsync("chat:a")).Log;
        var other = (await store.OpenAsync("chat:b")).Log;
        Task<WriteOutcome>[] good;
        Task<WriteOutcome> poison;
        using (await store.HoldAsync())
        {
            good = [.. Enumerable.Range(0, 40).Select(i => store.Append(log, i, "x"))];
            poison = store.Append(new AppendRequest(other, 0, [store.Message(1, "x"), store.Message(2, "x") with { User = default(Realtime.Messages.Ids.UserId) }], []));
            good = [.. good, .. Enumerable.Range(40, 40).Select(i => store.Append(log, i, "x"))];
        }

        (await poison).ShouldBe(WriteOutcome.Unavailable);
        (await Task.WhenAll(good)).ShouldAllBe(outcome => outcome == WriteOutcome.Committed);
        (await store.HeadAsync(other)).Head.ShouldBe(0);
        (await store.HeadAsync(log)).Head.ShouldBe(80);
    }

    [Fact]
    public async Task A_receiver_that_throws_costs_the_others_nothing()
    {
        await using var store = await StartAsync();
        var log = (await store.OpenAsync("chat:a")).Log;
        Task<WriteOutcome> after;
        using (await store.HoldAsync())
        {
            store.Store.Append(new AppendRequest(log, 0, [store.Message(1, "x")], []), new Throwing());
            after = store.Append(log, 1, "y");
        }

        (await after).ShouldBe(WriteOutcome.Committed);
        StoreCase.Texts(await store.ReadAsync(log)).ShouldBe(["x", "y"]);
    }

    [Fact]
    public async Task While_another_program_has_the_file_locked_writes_are_unavailable_and_reads_go_on()
    {
        await using var store = await StartAsync(options => options with { BusyTimeout = TimeSpan.Zero });
        var log = (await store.OpenAsync("chat:a")).Log;
        await store.Append(log, 0, "1");
        using (var other = Realtime.Cluster.Journal.Sqlite.SqliteDatabase.Open(store.File))
        {
            other.Execute("BEGIN IMMEDIATE");
            (await store.Append(log, 1, "2")).ShouldBe(WriteOutcome.Unavailable);
            store.Store.Health.IsWell.ShouldBeFalse();
            store.Store.Health.Fault.ShouldNotBeNull();
            (await store.HeadAsync(log)).Head.ShouldBe(1);
        }

        // Nobody writes: the probe finds out that the file is free again.
        store.Clock.Advance(TimeSpan.FromSeconds(1));
        await Deadline.Until(() => store.Store.Health.IsWell, "the store to find itself well");
        (await store.Append(log, 1, "2")).ShouldBe(WriteOutcome.Committed);
    }

    private static async Task<SqliteStoreCase> StartAsync(
        Func<Realtime.Cluster.Journal.Sqlite.SqliteStoreOptions, Realtime.Cluster.Journal.Sqlite.SqliteStoreOptions>? configure = null)
    {
        var store = new SqliteStoreCase(configure);
        await store.StartAsync();
        return store;
    }

    private sealed class Throwing : IWriteReceiver
    {
        public void OnWritten(object request, WriteOutcome outcome) => throw new InvalidOperationException("a receiver's bug");
    }
}
