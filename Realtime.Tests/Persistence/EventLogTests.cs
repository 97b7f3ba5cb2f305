using Akka.Actor;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Store;
using Realtime.Tests.Support;
using Fate = Realtime.Tests.Persistence.StageStore.Fate;

namespace Realtime.Tests.Persistence;

/// <summary>The log's actor and its parent's side against a journal that fails in every way a store can.</summary>
[Collection(ActorSystems.Name)]
public sealed class EventLogTests : EventLogStage
{
    [Fact]
    public async Task Appends_are_answered_in_order_and_come_back_after_a_restart()
    {
        (await StartAsync()).SequenceNr.ShouldBe(0);
        var epoch = (await AppendedAsync(3)).Epoch;
        Parent.Tell(PoisonPill.Instance);

        var (recovered, replayed) = await RestartedAsync();

        recovered.ShouldSatisfyAllConditions(
            log => log.Head.ShouldBe(3), log => log.Tail.ShouldBe(1), log => log.Epoch.ShouldBe(epoch));
        Offsets(replayed).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_failed_write_makes_the_log_unavailable_then_it_recovers_and_says_not_written_behind_a_fence()
    {
        await StartAsync();
        await AppendedAsync(1);
        Store.Next(Fate.Fail);

        Append();
        await NewsAsync<LogNews.Unavailable>();
        var recovered = await NewsAsync<LogNews.Recovered>();

        recovered.ShouldSatisfyAllConditions(log => log.CommittedThrough.ShouldBe(1), log => log.Head.ShouldBe(1));
        Store.Events[^1].Body.ShouldBeOfType<JournalEvent.Opened>();
        Offset = 1;
        Append();
        (await NewsAsync<LogNews.Committed>()).Through.ShouldBe(3);
        Store.Numbers.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task What_another_actor_than_the_one_at_work_says_is_not_believed()
    {
        await StartAsync();
        await AppendedAsync(1);
        Store.Next(Fate.Hold);
        Append();
        await Store.Holding.Within("the write to be under way");

        Parent.Tell(new LogNews.Committed(2, 2), CreateTestProbe());
        await QuietAsync();
        HasMessages.ShouldBeFalse("the write has not ended");

        Store.Release();
        (await NewsAsync<LogNews.Committed>()).Through.ShouldBe(2);
    }

    [Fact]
    public async Task A_write_without_room_is_known_not_to_be_written_and_needs_no_fence()
    {
        await StartAsync();
        await AppendedAsync(1);
        Store.Next(Fate.Full, Fate.Full);

        for (var attempt = 0; attempt < 2; attempt++)
        {
            Append();
            (await NewsAsync<LogNews.Unavailable>()).ShouldSatisfyAllConditions(
                log => log.Reason.ShouldBe(StoreFailureKind.StorageFull), log => log.NothingWritten.ShouldBeTrue());
            (await NewsAsync<LogNews.Recovered>()).Head.ShouldBe(1);
            Offset = 1;
        }

        Append();
        (await NewsAsync<LogNews.Committed>()).Through.ShouldBe(4);
        Store.Events.ShouldAllBe(logged => logged.Body is JournalEvent.ChannelAppended);
        Store.Numbers.ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_fence_without_room_leaves_the_outcome_behind_it_open()
    {
        await StartAsync();
        Store.Next(Fate.ArriveLate, Fate.Full);

        Append();
        (await NewsAsync<LogNews.Unavailable>()).ShouldSatisfyAllConditions(
            log => log.Reason.ShouldBe(StoreFailureKind.OutOfReach), log => log.NothingWritten.ShouldBeFalse());
        (await NewsAsync<LogNews.Unavailable>()).ShouldSatisfyAllConditions(
            log => log.Reason.ShouldBe(StoreFailureKind.StorageFull), log => log.NothingWritten.ShouldBeFalse("the first write may still arrive"));

        (await NewsAsync<LogNews.Recovered>()).CommittedThrough.ShouldBe(0);
    }

    [Fact]
    public async Task A_rejected_write_ends_the_actor_so_that_its_number_is_not_skipped()
    {
        await StartAsync();
        await AppendedAsync(1);
        Store.Next(Fate.Reject);

        Append();
        await NewsAsync<LogNews.Unavailable>();

        (await NewsAsync<LogNews.Recovered>()).CommittedThrough.ShouldBe(1);
        Store.Numbers.ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_is_found_by_its_name()
    {
        await StartAsync();
        Store.Next(Fate.LoseAnswer);

        Append();
        await NewsAsync<LogNews.Unavailable>();

        (await NewsAsync<LogNews.Recovered>()).ShouldSatisfyAllConditions(
            log => log.CommittedThrough.ShouldBe(1), log => log.Head.ShouldBe(1), log => log.SequenceNr.ShouldBe(1));
    }

    [Fact]
    public async Task A_write_that_timed_out_and_arrives_after_it_was_looked_for_is_called_committed()
    {
        await StartAsync();
        Store.Next(Fate.ArriveLate, Fate.Hold);

        Append();
        await NewsAsync<LogNews.Unavailable>();
        await Store.Holding.Within("the fence to be under way");
        Store.Arrive();
        Store.Release();
        await NewsAsync<LogNews.Unavailable>();

        (await NewsAsync<LogNews.Recovered>()).ShouldSatisfyAllConditions(
            log => log.CommittedThrough.ShouldBe(1), log => log.Head.ShouldBe(1));
    }

    [Fact]
    public async Task A_write_that_timed_out_and_arrives_after_the_fence_has_lost_its_number()
    {
        await StartAsync();
        Store.Next(Fate.ArriveLate);

        Append();
        await NewsAsync<LogNews.Unavailable>();
        (await NewsAsync<LogNews.Recovered>()).ShouldSatisfyAllConditions(
            log => log.CommittedThrough.ShouldBe(0), log => log.Head.ShouldBe(0), log => log.SequenceNr.ShouldBe(1));

        Store.Arrive();
        Store.Events.ShouldHaveSingleItem().Body.ShouldBeOfType<JournalEvent.Opened>();
    }

    [Fact]
    public async Task An_owner_that_finds_another_nodes_fence_behind_its_own_events_is_fenced_and_starts_no_more()
    {
        await StartAsync();
        var epoch = (await AppendedAsync(1)).Epoch;
        Store.Put(2, new LoggedEvent(new EventOrigin(new Incarnation(2), 1, 99, 1, 0), epoch, new JournalEvent.Opened()));

        Append();
        await NewsAsync<LogNews.Unavailable>();
        await NewsAsync<LogNews.Fenced>();

        Tell(log => log.IsUsable.ShouldBeFalse());
        await QuietAsync();
        Store.Numbers.ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_log_of_another_node_is_used_only_behind_a_fence()
    {
        Store.Put(1, new LoggedEvent(
            new EventOrigin(new Incarnation(2), 1, 99, 1, 1), new Epoch(5), new JournalEvent.ChannelAppended([new LoggedMessage(Message(1))])));
        Store.Next(Fate.Hold);
        StartParent();

        await Store.Holding.Within("the fence to be under way");
        Tell(log => log.IsUsable.ShouldBeFalse());
        Store.Release();

        (await NewsAsync<LogNews.Recovered>()).ShouldSatisfyAllConditions(
            log => log.Epoch.ShouldBe(new Epoch(5)), log => log.Head.ShouldBe(1), log => log.SequenceNr.ShouldBe(2));
    }

    [Fact]
    public async Task A_recovery_that_fails_is_tried_again_until_it_succeeds()
    {
        Store.FailRecoveries(3);
        StartParent();

        for (var i = 0; i < 3; i++)
        {
            await NewsAsync<LogNews.Unavailable>();
        }

        (await NewsAsync<LogNews.Recovered>()).SequenceNr.ShouldBe(0);
    }

    [Fact]
    public async Task An_actor_that_throws_stops_under_any_supervision_and_the_log_can_be_used_again()
    {
        await StartAsync();
        await AppendedAsync(2);

        Offset = 7;
        Append();
        await NewsAsync<LogNews.Unavailable>();

        (await NewsAsync<LogNews.Recovered>()).ShouldSatisfyAllConditions(
            log => log.CommittedThrough.ShouldBe(2), log => log.Head.ShouldBe(2));
    }

    [Fact]
    public async Task Without_the_lease_a_committed_append_is_not_answered_until_the_lease_is_back()
    {
        await StartAsync();
        Store.Next(Fate.Hold);
        Append();
        await Store.Holding.Within("the append to be under way");
        LeaseOfNode.IsHeld = false;
        Store.Release();

        await NewsAsync<LogNews.Unavailable>();
        await NewsAsync<LogNews.Unavailable>();
        LeaseOfNode.IsHeld = true;

        (await FirstAsync<LogNews.Recovered>(except: typeof(LogNews.Committed))).CommittedThrough.ShouldBe(1);
    }

    [Fact]
    public async Task A_log_whose_node_has_lost_its_store_stops_for_good_and_its_entity_need_not_wait_for_it()
    {
        await StartAsync();
        Store.Next(Fate.Hold);
        Append();
        await Store.Holding.Within("the append to be under way");
        (LeaseOfNode.IsHeld, LeaseOfNode.IsLost) = (false, true);
        Store.Release();

        (await NewsAsync<LogNews.Unavailable>()).ShouldSatisfyAllConditions(
            log => log.IsFinal.ShouldBeTrue(), log => log.NothingWritten.ShouldBeFalse("it was written"));

        var closed = new TaskCompletionSource<(bool, bool, bool)>();
        Tell(log =>
        {
            log.Start();
            closed.SetResult((log.IsRunning, log.HasUnanswered, log.Close()));
        });
        (await closed.Task.Within("the entity")).ShouldBe((false, false, true));
    }

    [Fact]
    public async Task Closing_answers_everything_first_and_the_log_starts_again_when_asked()
    {
        await StartAsync();
        Store.Next(Fate.Hold);
        Append();
        Append();
        await Store.Holding.Within("the append to be under way");
        Tell(log => log.Close().ShouldBeFalse());
        Store.Release();

        (await NewsAsync<LogNews.Committed>()).Through.ShouldBe(1);
        (await NewsAsync<LogNews.Committed>()).Through.ShouldBe(2);
        await NewsAsync<LogNews.Closed>();
        Tell(log => log.Start());
        (await NewsAsync<LogNews.Recovered>()).Head.ShouldBe(2);
    }
}
