using Microsoft.Extensions.Logging;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Telemetry;
using Realtime.Tests.Support;
using Fate = Realtime.Tests.Persistence.StageStore.Fate;

namespace Realtime.Tests.Persistence;

/// <summary>What goes wrong with one log is one line that names it.</summary>
[Collection(ActorSystems.Name)]
public sealed class PersistenceLoggingTests : EventLogStage
{
    [Fact]
    public async Task A_row_that_a_recovery_cannot_read_is_one_line()
    {
        await StartAsync();
        await AppendedAsync(2);
        Store.Put(3, [1, 2, 3]);
        Parent.Tell(Akka.Actor.PoisonPill.Instance, Akka.Actor.ActorRefs.NoSender);
        await RestartedAsync();

        var line = await Log.LineAsync(LogEvents.EventUnreadable);

        (line.Level, line.Values["Log"], line.Values["Number"]).ShouldBe((LogLevel.Error, "c-log", 3L));
        $"{line.Values["Reason"]}".ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_hole_that_readers_meet_is_one_line_however_many_they_are()
    {
        await StartAsync();
        await AppendedAsync(8);
        Store.Put(7, [1, 2, 3]);
        (await PageAsync(5, 10)).Hole.ShouldBe((7, 7));
        (await PageAsync(6, 10)).Hole.ShouldBe((7, 7));

        var line = await Log.LineAsync(LogEvents.MessagesUnreadable);
        (line.Level, line.Values["Log"], line.Values["First"], line.Values["Last"]).ShouldBe((LogLevel.Error, "c-log", 7L, 7L));
    }

    [Fact]
    public async Task A_reader_that_finds_no_answer_is_a_line_with_its_log()
    {
        await StartAsync();
        await AppendedAsync(1);
        Store.FailRecoveries(1);
        Tell(log => log.Read(new LogRequest.Read(3, 1, 10, 1_000)));
        await NewsAsync<LogNews.ReadFailed>();

        var line = await Log.LineAsync(LogEvents.LogNotRead);
        (line.Level, line.Values["Log"], line.Values["Number"]).ShouldBe((LogLevel.Debug, "c-log", 1L));
    }

    [Fact]
    public async Task A_log_that_another_process_has_taken_says_so()
    {
        await StartAsync();
        var epoch = (await AppendedAsync(1)).Epoch;
        Store.Put(2, new LoggedEvent(new EventOrigin(new Incarnation(2), 1, 99, 1, 0), epoch, new JournalEvent.Opened()));
        Append();
        await NewsAsync<LogNews.Unavailable>();
        await NewsAsync<LogNews.Fenced>();

        var line = await Log.LineAsync(LogEvents.LogFenced);
        (line.Level, line.Values["Log"]).ShouldBe((LogLevel.Error, "c-log"));
    }

    [Fact]
    public async Task A_write_that_fails_is_a_warning_and_only_a_detail_when_it_is_the_stores_trouble()
    {
        await StartAsync();
        await AppendedAsync(1);
        Store.Next(Fate.Fail);
        Append();
        await NewsAsync<LogNews.Recovered>();

        // The stage fails as a disk does.
        var line = await Log.LineAsync(LogEvents.EventNotWritten);
        (line.Level, line.Values["Log"], line.Values["Number"]).ShouldBe((LogLevel.Debug, "c-log", 2L));

        Store.Next(Fate.Reject);
        Offset = 1;
        Append();
        await NewsAsync<LogNews.Recovered>();
        var rejected = await Log.LineAsync(LogEvents.EventRejected);
        (rejected.Level, rejected.Values["Log"]).ShouldBe((LogLevel.Error, "c-log"));
    }

    [Fact]
    public async Task A_recovery_that_fails_is_a_line_with_its_log()
    {
        Store.FailRecoveries(1);
        await StartAsync();

        var line = await Log.LineAsync(LogEvents.LogNotRecovered);
        (line.Level, line.Values["Log"], line.Exception!.GetBaseException().Message).ShouldBe((LogLevel.Debug, "c-log", "recovery failed by the test"));
    }
}
