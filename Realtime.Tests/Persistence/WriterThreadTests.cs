using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

public sealed class WriterThreadTests
{
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
}
