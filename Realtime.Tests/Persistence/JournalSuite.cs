using Akka.Actor;
using Akka.Persistence;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>What holds of the journal over every store; plain persistent actors stand for channels and sessions.</summary>
public abstract class JournalSuite : IAsyncLifetime
{
    /// <summary>Long enough for any call on a busy machine; writes that are held wait longer.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(3);

    private EventStoreCase? _case;

    private EventStoreCase Case => _case ?? throw new InvalidOperationException("not started");

    public ValueTask InitializeAsync()
    {
        _case = CreateCase();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await Case.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Events_come_back_in_order_and_numbers_go_on()
    {
        await Case.StartAsync();
        var log = await Case.LogAsync("a");
        for (var i = 1; i <= 200; i++)
        {
            (await EventStoreCase.AppendAsync(log, $"{i}")).ShouldBe(new LogActor.Appended(i));
        }

        await Case.RestartAsync();
        var (again, recovered) = Case.Start("a");

        (await recovered.Within("the recovery")).Texts.ShouldBe(Enumerable.Range(1, 200).Select(i => $"{i}"), "more than one page of rows");
        (await EventStoreCase.AppendAsync(again, "201")).ShouldBe(new LogActor.Appended(201));
        (await Case.CountAsync("persistence_id = 'a'")).ShouldBe(201);
    }

    [Fact]
    public async Task Channels_and_sessions_with_one_id_are_two_logs()
    {
        await Case.StartAsync();
        await EventStoreCase.AppendAsync(await Case.LogAsync("a"), "channel");
        await EventStoreCase.AppendAsync(await Case.LogAsync("a", Case.Journals.Sessions), "session");

        (await Case.RecoverAsync("a")).Texts.ShouldBe(["channel"]);
        (await Case.RecoverAsync("a", Case.Journals.Sessions)).Texts.ShouldBe(["session"]);
    }

    [Fact]
    public async Task A_conflict_fails_its_own_log_and_none_of_200_others_in_the_batch()
    {
        await Case.StartAsync();
        var plug = await Case.LogAsync("plug");
        var logs = await Task.WhenAll(Enumerable.Range(0, 201).Select(i => Case.LogAsync($"log-{i}")));
        foreach (var log in logs)
        {
            (await EventStoreCase.AppendAsync(log, "1")).ShouldBe(new LogActor.Appended(1));
        }

        // Another process has written the second event of one of them.
        await Case.InsertAsync("log-100", 2);
        Task<object>[] answers;
        await using (await Case.HoldWritesAsync())
        {
            // The first write is a batch of its own; behind it the others gather into one.
            var first = EventStoreCase.AppendAsync(plug, "1");
            await Soon.IsTrueAsync(() => Case.Channels.Gate.QueuedWrites == 1, "the first write to be under way");
            answers = [.. logs.Select(log => EventStoreCase.AppendAsync(log, "2")), first];
            await Soon.IsTrueAsync(() => Case.Channels.Gate.QueuedWrites == 202, "all writes to wait");
        }

        var outcomes = await Task.WhenAll(answers).Within("all answers");

        outcomes.Where((outcome, i) => i is not 100 and < 201).ShouldAllBe(outcome => outcome.Equals(new LogActor.Appended(2)));
        outcomes[100].ShouldBeOfType<LogActor.AppendFailed>().Kind.ShouldBe(StoreFailureKind.UniqueViolation);
        (await Case.CountAsync()).ShouldBe((201 * 2) + 1, "no event twice, none lost");
        (await Case.RecoverAsync("log-100")).Texts.ShouldBe(["1", "f"], "the other process's event");
    }

    [Fact]
    public async Task A_log_whose_write_has_timed_out_recovers_only_when_the_write_has_ended()
    {
        await Case.StartAsync(options => options with { CallTimeout = CallTimeout });
        var log = await Case.LogAsync("a");
        (await EventStoreCase.AppendAsync(log, "1")).ShouldBe(new LogActor.Appended(1));
        await using (await Case.HoldWritesAsync())
        {
            (await EventStoreCase.AppendAsync(log, "2")).ShouldBeOfType<LogActor.AppendFailed>().Kind.ShouldBe(StoreFailureKind.OutOfReach);
            await Should.ThrowAsync<Exception>(Case.RecoverAsync("a"), "the write is still under way and may take the next number");
            Case.Channels.NewIds.Add("a");
            await Should.ThrowAsync<Exception>(Case.RecoverAsync("a"), "what is being written is not new, whoever says so");
            Case.Channels.NewIds.Remove("a");
        }

        var (again, recovered) = await RecoveredAsync("a");

        recovered.Texts.ShouldBe(["1", "2"]);
        (await EventStoreCase.AppendAsync(again, "3")).ShouldBe(new LogActor.Appended(3));
        (await Case.RecoverAsync("a")).Texts.ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public async Task After_a_full_trim_and_a_restart_numbers_go_on()
    {
        await Case.StartAsync(options => options with { TrimRows = 2 });
        var log = await Case.LogAsync("a");
        foreach (var i in (long[])[1, 2, 3, 4, 5, 6, 7])
        {
            (await EventStoreCase.AppendAsync(log, $"{i}")).ShouldBe(new LogActor.Appended(i));
        }

        await TrimAsync(log, 7);
        await Case.RestartAsync();
        var (again, recovered) = Case.Start("a");

        var found = await recovered.Within("the recovery");
        (found.Events.Count, found.Highest).ShouldBe((0, 7));
        (await Case.CountAsync("persistence_id = 'a'")).ShouldBe(1, "the newest row keeps the numbers going");
        (await EventStoreCase.AppendAsync(again, "8")).ShouldBe(new LogActor.Appended(8));
        await TrimAsync(again, 7);
        (await Case.CountAsync("persistence_id = 'a'")).ShouldBe(1);
        (await Case.RecoverAsync("a")).Texts.ShouldBe(["8"]);
    }

    [Fact]
    public async Task A_trim_deletes_the_oldest_events_and_leaves_the_others()
    {
        await Case.StartAsync(options => options with { TrimRows = 3 });
        var (log, other) = (await Case.LogAsync("a"), await Case.LogAsync("b"));
        await EventStoreCase.AppendAsync(other, "b");
        for (var i = 1; i <= 10; i++)
        {
            await EventStoreCase.AppendAsync(log, $"{i}");
        }

        await TrimAsync(log, 8);

        (await Case.RecoverAsync("a")).Texts.ShouldBe(["9", "10"]);
        (await Case.RecoverAsync("b")).Texts.ShouldBe(["b"]);
        (await Case.CountAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task A_thousand_first_entities_at_once_all_begin()
    {
        await Case.StartAsync();
        var started = Enumerable.Range(0, 1_000).Select(i => Case.Start($"log-{i}")).ToList();

        var answers = await Task.WhenAll(started.Select(entity => EventStoreCase.AppendAsync(entity.Log, "1"))).Within("all first events");

        answers.ShouldAllBe(answer => answer.Equals(new LogActor.Appended(1)));
        (await Case.CountAsync()).ShouldBe(1_000);
        Case.Channels.State.RecoveriesWaiting.ShouldBe(0);
    }

    [Fact]
    public async Task Twenty_thousand_first_messages_are_refused_before_the_queue_overflows_and_none_fails()
    {
        await Case.StartAsync(options => options with { QueueWrites = 2_000, BufferWrites = 2_200 });
        var logs = new List<IActorRef>();
        for (var i = 0; i < 20_000; i++)
        {
            Case.Channels.NewIds.Add($"log-{i}");
            logs.Add(Case.Start($"log-{i}").Log);
        }

        var rounds = 0;
        var waiting = logs;
        while (waiting.Count > 0)
        {
            await Soon.IsTrueAsync(() => !Case.Channels.Gate.IsFull, "room in the gate");
            var asked = waiting;
            var answers = await Task.WhenAll(asked.Select(log => EventStoreCase.AppendAsync(log, "1", throughGate: true))).Within("all answers");
            answers.ShouldAllBe(answer => answer is LogActor.Refused || answer.Equals(new LogActor.Appended(1)));
            waiting = [.. asked.Where((_, i) => answers[i] is LogActor.Refused)];
            rounds++;
        }

        (await Case.CountAsync()).ShouldBe(20_000);
        rounds.ShouldBeGreaterThan(1, "the gate had something to do");
        Case.Channels.State.LastFailure.ShouldBeNull();
        await Soon.IsTrueAsync(() => Case.Channels.State is { QueuedBytes: 0, QueuedWrites: 0 }, "the gate to be empty");
    }

    [Fact]
    public async Task An_id_known_to_be_new_needs_no_read_once()
    {
        await Case.StartAsync();
        await EventStoreCase.AppendAsync(await Case.LogAsync("a"), "1");

        // Not true, which shows that the store is not asked.
        Case.Channels.NewIds.Add("a");
        var (log, recovered) = Case.Start("a");
        (await recovered.Within("the recovery")).Highest.ShouldBe(0);
        (await EventStoreCase.AppendAsync(log, "x")).ShouldBeOfType<LogActor.AppendFailed>().Kind.ShouldBe(StoreFailureKind.UniqueViolation);

        (await Case.RecoverAsync("a")).Texts.ShouldBe(["1"]);
    }

    [Fact]
    public async Task Rows_that_cannot_be_read_are_passed_on_as_such_and_hold_up_no_other_log()
    {
        await Case.StartAsync();
        var logs = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Case.LogAsync($"log-{i}")));
        foreach (var log in logs)
        {
            await EventStoreCase.AppendAsync(log, "1");
            await EventStoreCase.AppendAsync(log, "2");
            await EventStoreCase.AppendAsync(log, "3");
        }

        var table = Case.Table(EventTable.Channels);
        await Case.ScalarAsync($"UPDATE {table} SET message = NULL WHERE persistence_id = 'log-10' AND sequence_number = 2");
        await Case.ScalarAsync($"UPDATE {table} SET message = {Case.Bytes("00ff")} WHERE persistence_id = 'log-20' AND sequence_number = 2");
        await Case.ScalarAsync($"UPDATE {table} SET identifier = 424242 WHERE persistence_id = 'log-30' AND sequence_number = 2");
        await Case.ScalarAsync($"UPDATE {table} SET identifier = NULL, manifest = NULL WHERE persistence_id = 'log-40' AND sequence_number = 2");
        await Case.RestartAsync();

        var recovered = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Case.RecoverAsync($"log-{i}")));

        for (var i = 0; i < 50; i++)
        {
            recovered[i].Texts.ShouldBe(i is 10 or 20 or 30 or 40 ? ["1", "<UnreadableEvent>", "3"] : ["1", "2", "3"]);
        }

        recovered[20].Events[1].ShouldBe(new UnreadableEvent(TestEventSerializer.Number, "t", 2, "the event begins with zero"));
    }

    [Fact]
    public async Task A_store_that_stands_still_is_reported_and_afterwards_no_event_is_lost_or_there_twice()
    {
        await Case.StartAsync(options => options with { CallTimeout = CallTimeout });
        var logs = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Case.LogAsync($"log-{i}")));
        Case.Channels.State.Trouble.ShouldBeNull();
        await using (await Case.HoldWritesAsync())
        {
            var answers = await Task.WhenAll(logs.Select(log => EventStoreCase.AppendAsync(log, "1"))).Within("all time-outs");
            answers.ShouldAllBe(answer => answer is LogActor.AppendFailed);
            await Soon.IsTrueAsync(() => Case.Channels.State.QueuedWrites == 20, "writes to count until the store has ended them");
            await Soon.IsTrueAsync(() => Case.Channels.State.Trouble == StoreFailureKind.OutOfReach, "the trouble to show");
        }

        for (var i = 0; i < 20; i++)
        {
            var (log, recovered) = await RecoveredAsync($"log-{i}");
            recovered.Highest.ShouldBeInRange(0, 1);
            (await EventStoreCase.AppendAsync(log, "2")).ShouldBe(new LogActor.Appended(recovered.Highest + 1));
            (await Case.RecoverAsync($"log-{i}")).Texts.ShouldBe(recovered.Texts.Append("2"));
        }

        Case.Channels.State.ShouldSatisfyAllConditions(
            state => state.Trouble.ShouldBeNull(), state => state.QueuedWrites.ShouldBe(0), state => state.Breaker.ShouldBe(BreakerState.Closed));
    }

    [Fact]
    public async Task An_open_breaker_shows_and_closes_when_the_store_answers_again()
    {
        await Case.StartAsync(options => options with
        {
            CallTimeout = CallTimeout, BatchEvents = 1, BreakerFailures = 2, BreakerReset = TimeSpan.FromSeconds(1),
        });
        var logs = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Case.LogAsync($"log-{i}")));
        await using (await Case.HoldWritesAsync())
        {
            await Task.WhenAll(logs.Select(log => EventStoreCase.AppendAsync(log, "1"))).Within("all time-outs");
            await Soon.IsTrueAsync(() => Case.Channels.State.Breaker != BreakerState.Closed, "the breaker to open");
            await Soon.IsTrueAsync(() => Case.Channels.State.Trouble == StoreFailureKind.OutOfReach, "the trouble to show");
        }

        var (log, recovered) = await RecoveredAsync("log-0");
        (await EventStoreCase.AppendAsync(log, "2")).ShouldBe(new LogActor.Appended(recovered.Highest + 1));
        await Soon.IsTrueAsync(() => Case.Channels.State.Breaker == BreakerState.Closed, "the breaker to close");
        Case.Channels.State.Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task A_channel_recovers_from_its_snapshot_and_what_follows_it()
    {
        await Case.StartAsync();
        var log = await Case.LogAsync("a");
        await EventStoreCase.AppendAsync(log, "1");
        await EventStoreCase.AppendAsync(log, "2");
        (await log.Ask<object>(new LogActor.Snap("1+2")).Within("the snapshot")).ShouldBeOfType<SaveSnapshotSuccess>();
        await Case.RestartAsync();
        (await Case.RecoverAsync("a")).ShouldSatisfyAllConditions(
            recovered => recovered.Texts.ShouldBe(["1+2"]), recovered => recovered.Highest.ShouldBe(2));

        await EventStoreCase.AppendAsync(await Case.LogAsync("a"), "3");

        (await Case.RecoverAsync("a")).Texts.ShouldBe(["1+2", "3"]);
    }

    internal abstract EventStoreCase CreateCase();

    private static async Task TrimAsync(IActorRef log, long to) =>
        (await log.Ask<object>(new LogActor.Trim(to)).Within("the trim")).ShouldBeOfType<DeleteMessagesSuccess>();

    /// <summary>Starts it again as long as its recovery fails, as its parent would.</summary>
    private async Task<(IActorRef Log, LogActor.Recovered Recovered)> RecoveredAsync(string persistenceId)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var (log, recovered) = Case.Start(persistenceId);
            await Task.WhenAny(recovered).Within($"an end of the recovery of {persistenceId}");
            if (recovered.IsCompletedSuccessfully || TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(20))
            {
                return (log, await recovered);
            }
        }
    }
}
