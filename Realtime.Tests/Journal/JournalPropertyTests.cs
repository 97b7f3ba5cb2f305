using FsCheck;
using FsCheck.Fluent;

namespace Realtime.Tests.Journal;

public sealed class JournalPropertyTests
{
    [Fact]
    public void Any_sequence_leaves_the_memory_store_as_the_model_says() => Check(() => new MemoryStoreCase(), sequences: 200);

    [Fact]
    public void Any_sequence_leaves_the_SQLite_store_as_the_model_says() => Check(() => new SqliteStoreCase(), sequences: 40);

    [Fact]
    public void Any_sequence_leaves_the_PostgreSQL_store_as_the_model_says()
    {
        Support.Required.OrSkip(Support.PostgresServer.Missing);
        Check(() => new PostgresStoreCase(), sequences: 4);
    }

    private static void Check(Func<StoreCase> create, int sequences) =>
        Prop.ForAll(JournalStep.Sequences(), steps => RunAsync(create, steps).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(sequences).WithEndSize(60).WithQuietOnSuccess(true));

    private static async Task<bool> RunAsync(Func<StoreCase> create, JournalStep[] steps)
    {
        await using var store = create();
        await store.StartAsync();
        var model = new JournalModel(store);
        foreach (var step in steps)
        {
            await model.StepAsync(step);
        }

        await model.CheckAsync();
        return true;
    }
}
