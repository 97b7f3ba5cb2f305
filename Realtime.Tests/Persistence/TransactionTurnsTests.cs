using System.Collections.Concurrent;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.SQLite;
using Microsoft.Data.Sqlite;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

public sealed class TransactionTurnsTests
{
    private const int Transactions = 50;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_that_blocks_runs_on_the_thread_in_the_order_in_which_it_was_asked_for()
    {
        await using var turns = new TransactionTurns();
        using var gate = new ManualResetEventSlim();
        var held = turns.RunAsync(() => gate.Wait(TimeSpan.FromSeconds(30)));
        var order = new List<int>();
        var work = Enumerable.Range(0, 100).Select(i => turns.RunAsync(() =>
        {
            order.Add(i);
            return turns.IsOnThread;
        })).ToList();
        order.ShouldBeEmpty();

        gate.Set();

        (await held.Within("the first turn")).ShouldBeTrue();
        (await Task.WhenAll(work).Within("all turns")).ShouldAllBe(isOnThread => isOnThread);
        order.ShouldBe(Enumerable.Range(0, 100));
    }

    [Fact]
    public async Task A_turn_lasts_until_it_is_given_back_wherever_that_is()
    {
        await using var turns = new TransactionTurns();
        var first = await turns.TakeAsync().Within("the first turn");
        var second = turns.TakeAsync();
        var third = turns.RunAsync(() => second.IsCompleted);

        // The thread is there for the one who has the turn, and has looked for another.
        await first.MoveToThreadAsync().Within("the thread");
        await Task.Run(() => first.MoveToThreadAsync(), Cancellation).Within("the thread again");
        second.IsCompleted.ShouldBeFalse("the first turn is not over");

        first.Dispose();
        var taken = await second.Within("the second turn");
        first.Dispose();
        third.IsCompleted.ShouldBeFalse("a turn is given back once");
        taken.Dispose();
        (await third.Within("the third turn")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_turn_that_fails_fails_its_caller_and_no_other()
    {
        await using var turns = new TransactionTurns();

        await Should.ThrowAsync<InvalidDataException>(turns.RunAsync<int>(() => throw new InvalidDataException()).Within("the failing turn"));

        (await turns.RunAsync(() => 1).Within("the next turn")).ShouldBe(1);
    }

    [Fact]
    public async Task Closed_they_end_what_was_asked_for_and_begin_nothing_more()
    {
        var turns = new TransactionTurns();
        var taken = await turns.TakeAsync().Within("the first turn");
        var last = turns.RunAsync(() => true);
        var closed = turns.DisposeAsync().AsTask();

        Should.Throw<ObjectDisposedException>(() => turns.RunAsync(() => 1));
        Should.Throw<ObjectDisposedException>(() => turns.TakeAsync());
        closed.IsCompleted.ShouldBeFalse("a turn is not over");
        taken.Dispose();

        (await last.Within("the last turn")).ShouldBeTrue();
        await closed.Within("the end");
        await turns.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Transactions_run_one_after_the_other_in_their_order_on_whichever_threads(bool memory)
    {
        using var directory = new TemporaryDirectory();
        await using var store = new SqliteEventStore(new SqliteEventStoreOptions(memory ? null : directory.File("turns.db")));
        await store.OpenAsync(Cancellation);
        await using (var made = store.Connect())
        {
            SqliteFormat.Run(made, "CREATE TABLE sum (value INTEGER); INSERT INTO sum VALUES (0)");
        }

        var steps = new ConcurrentQueue<string>();
        var first = new DataConnection(store.DataOptions);
        await first.BeginTransactionAsync(Cancellation);
        var all = Enumerable.Range(0, Transactions).Select(AddAsync).ToList();
        steps.ShouldBeEmpty();

        await first.DisposeAsync();

        await Task.WhenAll(all).Within("all transactions");
        steps.ShouldBe(Enumerable.Range(0, Transactions).SelectMany(i => new[] { $"{i} begins", $"{i} has read", $"{i} ends" }));
        await using var connection = store.Connect();
        SqliteFormat.Read(connection, "SELECT value FROM sum").ShouldBe(Transactions);

        async Task AddAsync(int i)
        {
            await using var connection = new DataConnection(store.DataOptions);
            await using var transaction = await connection.BeginTransactionAsync(Cancellation).ConfigureAwait(false);
            steps.Enqueue($"{i} begins");
            var value = await connection.ExecuteAsync<long>("SELECT value FROM sum", Cancellation).ConfigureAwait(false);

            // From here on a thread of the pool runs it.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            steps.Enqueue($"{i} has read");
            await connection.ExecuteAsync($"UPDATE sum SET value = {value + 1}", Cancellation).ConfigureAwait(false);
            await transaction.CommitAsync(Cancellation).ConfigureAwait(false);
            steps.Enqueue($"{i} ends");
        }
    }

    [Fact]
    public async Task A_connection_that_cannot_be_opened_gives_its_turn_back()
    {
        await using var turns = new TransactionTurns();
        var closed = 0;
        var options = new TransactionTurnInterceptors(turns, "PRAGMA no_such_setting", () => closed++).AddTo(
            new DataOptions().UseConnectionString(ProviderName.SQLiteMS, "Data Source=/no/such/folder/turns.db")
                .UseDataProvider(SQLiteTools.GetDataProvider(SQLiteProvider.Microsoft)));

        await Should.ThrowAsync<SqliteException>(async () =>
        {
            await using var connection = new DataConnection(options);
            await connection.BeginTransactionAsync(Cancellation);
        });

        closed.ShouldBe(1);
        (await turns.RunAsync(() => 1).Within("the next turn")).ShouldBe(1);
    }
}
