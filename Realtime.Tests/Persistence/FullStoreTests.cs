using Akka.Actor;
using Realtime.Node.Persistence.Store;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>No room, by the size that the database may have.</summary>
[Collection(ActorSystems.Name)]
public sealed class FullStoreTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_store_says_so_loses_nothing_and_works_again_after_a_trim(bool memory)
    {
        await using var stage = new SqliteEventStoreCase(memory, options => options with { MaxBytes = 1 << 20 });
        await stage.StartAsync();
        var other = await stage.LogAsync("other");
        await EventStoreCase.AppendAsync(other, "1");
        var log = await stage.LogAsync("a");
        var head = 0L;
        object answer;
        while ((answer = await EventStoreCase.AppendAsync(log, new string('x', 8_000))) is LogActor.Appended { Number: var number })
        {
            (head = number).ShouldBeLessThan(1_000, "1 MiB does not take 8 MB");
        }

        answer.ShouldBeOfType<LogActor.AppendFailed>().Kind.ShouldBe(StoreFailureKind.StorageFull);
        head.ShouldBeInRange(50, 150);
        stage.Channels.State.Trouble.ShouldBe(StoreFailureKind.StorageFull);
        var (again, recovered) = stage.Start("a");
        (await recovered).Texts.ShouldBe(Enumerable.Repeat(new string('x', 8_000), (int)head));
        stage.Channels.State.Trouble.ShouldBe(StoreFailureKind.StorageFull, "a read says nothing about room");

        (await again.Ask<object>(new LogActor.Trim(head), TestContext.Current.CancellationToken)).ShouldBeOfType<Akka.Persistence.DeleteMessagesSuccess>();

        (await EventStoreCase.AppendAsync(again, new string('y', 8_000))).ShouldBe(new LogActor.Appended(head + 1));
        stage.Channels.State.Trouble.ShouldBeNull();
        (await EventStoreCase.AppendAsync(other, "2")).ShouldBe(new LogActor.Appended(2));
        await stage.RestartAsync();
        (await stage.RecoverAsync("a")).Texts.ShouldBe([new string('y', 8_000)]);
        await Soon.IsTrueAsync(() => stage.Channels.Gate.QueuedWrites == 0, "the gate to be empty");
    }
}
