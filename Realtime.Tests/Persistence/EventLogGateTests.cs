using Akka.Actor;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Journal;
using Realtime.Tests.Support;
using Fate = Realtime.Tests.Persistence.StageStore.Fate;

namespace Realtime.Tests.Persistence;

/// <summary>A write waits for room in front of the journal, where it still has no outcome to be unsure of.</summary>
[Collection(ActorSystems.Name)]
public sealed class EventLogGateTests : EventLogStage
{
    [Fact]
    public async Task A_write_waits_while_the_gate_is_full_and_goes_on_when_another_has_ended()
    {
        await StartAsync();
        var others = Fill();

        Append();
        await Soon.IsTrueAsync(() => Gate.Waiting == 1, "the write to wait for room");
        Append();
        await QuietAsync();
        Store.Events.ShouldBeEmpty();

        others[0].Dispose();
        (await NewsAsync<LogNews.Committed>()).Through.ShouldBe(1);
        (await NewsAsync<LogNews.Committed>()).Through.ShouldBe(2);
        others[1].Dispose();
        Gate.QueuedWrites.ShouldBe(0);
    }

    [Fact]
    public async Task A_log_that_stops_gives_back_its_room()
    {
        await StartAsync();
        Store.Next(Fate.Fail);

        Append();
        await NewsAsync<LogNews.Unavailable>();
        await NewsAsync<LogNews.Recovered>();

        await Soon.IsTrueAsync(() => Gate.QueuedWrites == 0, "the failed write's room");
    }

    [Fact]
    public async Task A_log_that_stops_while_it_waits_holds_up_no_other()
    {
        await StartAsync();
        var others = Fill();
        Append();
        await Soon.IsTrueAsync(() => Gate.Waiting == 1, "the write to wait for room");
        var called = new TaskCompletionSource();
        Gate.WhenThereIsRoom(called.SetResult);

        Watch(Parent);
        Parent.Tell(PoisonPill.Instance);
        await FirstAsync<Terminated>();
        others.ForEach(other => other.Dispose());

        await called.Task.Within("the next one's turn");
        Gate.QueuedWrites.ShouldBe(0);
    }

    private List<WriteLease> Fill() => [Gate.TryEnter(1).ShouldNotBeNull(), Gate.TryEnter(1).ShouldNotBeNull()];
}
