using LinqToDB.Data;
using Microsoft.Data.Sqlite;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

public sealed class WriterThreadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Turns_run_one_after_the_other_in_the_order_in_which_they_were_asked_for()
    {
        await using var writer = new WriterThread();
        using var gate = new ManualResetEventSlim();
        var held = writer.RunAsync(() => gate.Wait(TimeSpan.FromSeconds(30)));
        var order = new List<int>();
        var turns = Enumerable.Range(0, 100).Select(i => writer.RunAsync(() =>
        {
            order.Add(i);
            return writer.IsCurrent;
        })).ToList();
        order.ShouldBeEmpty();

        gate.Set();

        (await held.Within("the first turn")).ShouldBeTrue();
        (await Task.WhenAll(turns).Within("all turns")).ShouldAllBe(isCurrent => isCurrent);
        order.ShouldBe(Enumerable.Range(0, 100));
    }

    [Fact]
    public async Task A_turn_that_fails_fails_its_caller_and_no_other()
    {
        await using var writer = new WriterThread();

        await Should.ThrowAsync<InvalidDataException>(writer.RunAsync<int>(() => throw new InvalidDataException()).Within("the failing turn"));

        (await writer.RunAsync(() => 1).Within("the next turn")).ShouldBe(1);
    }

    [Fact]
    public async Task A_closed_one_ends_what_was_asked_for_and_takes_nothing_more()
    {
        var writer = new WriterThread();
        using var gate = new ManualResetEventSlim();
        var turn = writer.RunAsync(() => gate.Wait(TimeSpan.FromSeconds(30)));
        var last = writer.RunAsync(() => true);
        var closed = writer.DisposeAsync();

        Should.Throw<ObjectDisposedException>(() => writer.RunAsync(() => 1));
        Should.Throw<ObjectDisposedException>(() => writer.TurnAsync());
        gate.Set();

        (await turn.Within("the turn"), await last.Within("the last turn")).ShouldBe((true, true));
        await closed.AsTask().Within("the end");
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task Transactions_that_are_asked_for_at_once_lose_no_update_on_whichever_thread_they_run()
    {
        await using var store = new SqliteEventStore(new SqliteEventStoreOptions(null));
        await store.OpenAsync(Cancellation);
        await using (var made = store.Connect())
        {
            SqliteFormat.Run(made, "CREATE TABLE sum (value INTEGER); INSERT INTO sum VALUES (0)");
        }

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(AddAsync, Cancellation))).Within("all transactions");

        await using var connection = store.Connect();
        SqliteFormat.Read(connection, "SELECT value FROM sum").ShouldBe(50);

        async Task AddAsync()
        {
            await using var connection = new DataConnection(store.DataOptions);
            await using var transaction = await connection.BeginTransactionAsync(Cancellation).ConfigureAwait(false);
            var value = await connection.ExecuteAsync<long>("SELECT value FROM sum", Cancellation).ConfigureAwait(false);
            await connection.ExecuteAsync($"UPDATE sum SET value = {value + 1}", Cancellation).ConfigureAwait(false);
            await transaction.CommitAsync(Cancellation).ConfigureAwait(false);
        }
    }
}
