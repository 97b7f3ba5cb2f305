using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Core;
using Realtime.Node.Persistence.Events;

namespace Realtime.Tests.Persistence;

public sealed class EventLogMachineTests
{
    private static readonly LogLimits Small = new() { EventMessages = 3, SnapshotEvents = 4, SnapshotPatience = 3, IndexEvents = 2, DeleteRows = 2, SessionEvents = 3 };

    private readonly LogWorld _world = new(LogKind.Channel, Small);

    [Fact]
    public void A_log_that_was_never_written_can_be_used_at_once_and_shows_the_same_epoch_each_time()
    {
        var first = Started(1);
        var epoch = first.Epoch;
        first.Die();

        first.IsWriting.ShouldBeFalse();
        Started(2).Epoch.ShouldBe(epoch);
        _world.Written.ShouldBeEmpty();
    }

    [Fact]
    public void A_log_of_another_writer_can_be_used_only_after_the_fence_is_on_disk()
    {
        Written(1, 2);

        var successor = Entity(2);
        successor.Start();

        successor.IsUsable.ShouldBeFalse();
        successor.IsWriting.ShouldBeTrue();
        successor.Commit();
        successor.IsUsable.ShouldBeTrue();
        _world.Written[_world.Highest].Body.ShouldBeOfType<JournalEvent.Opened>();
        successor.Messages.Count.ShouldBe(2);
    }

    [Fact]
    public void A_log_of_ones_own_needs_no_fence()
    {
        Written(1, 1);

        Started(1).IsUsable.ShouldBeTrue();
        _world.Highest.ShouldBe(1);
    }

    [Fact]
    public void Behind_the_fence_the_older_owners_append_conflicts_and_it_finds_itself_fenced()
    {
        var old = Written(1, 1);
        old.Append();
        var successor = Entity(2);
        successor.Start();
        successor.Commit();

        old.Commit();
        old.IsRunning.ShouldBeFalse();
        old.Start();

        old.IsFenced.ShouldBeTrue();
        old.Committed.ShouldBe([1]);
        old.NotWritten.ShouldBeEmpty();
        _world.Check();
    }

    [Fact]
    public void An_append_that_was_not_found_is_called_not_written_only_after_its_number_is_taken()
    {
        var entity = Written(1, 1);
        entity.Append();
        entity.TimeOut();

        entity.Start();
        entity.NotWritten.ShouldBeEmpty();
        entity.Commit();

        entity.NotWritten.ShouldBe([2]);
        _world.Arrive(0);
        entity.Check();
        _world.Check();
    }

    [Fact]
    public void An_append_that_arrives_after_it_was_looked_for_pushes_the_fence_away_and_is_called_committed()
    {
        var entity = Written(1, 1);
        entity.Append();
        entity.TimeOut();
        entity.Start();
        _world.Arrive(0);

        entity.Commit();
        entity.IsRunning.ShouldBeFalse();
        entity.Start();

        entity.Committed.ShouldBe([1, 2]);
        entity.Messages.Count.ShouldBe(2);
        _world.Check();
    }

    [Fact]
    public void Appends_gather_while_one_is_under_way_and_share_the_next_event()
    {
        var entity = Started(1);
        for (var i = 0; i < 6; i++)
        {
            entity.Append();
        }

        entity.Drain();

        _world.Written.Values.Select(row => row.Origin.Appends).ShouldBe([1, 3, 2]);
        entity.Committed.ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public void Records_of_a_session_that_gather_are_written_once()
    {
        var world = new LogWorld(LogKind.Session, Small);
        var entity = new LogEntity(world, new Incarnation(1));
        entity.Start();
        for (var i = 0; i < 6; i++)
        {
            entity.Append();
        }

        entity.Drain();

        world.Written.Count.ShouldBe(2);
        entity.Record.ShouldBe(6);
        entity.Committed.Count.ShouldBe(6);
    }

    [Fact]
    public void The_fence_of_a_sessions_log_carries_its_record_so_that_older_rows_can_go()
    {
        var world = new LogWorld(LogKind.Session, Small);
        var old = new LogEntity(world, new Incarnation(1));
        old.Start();
        old.Append();
        old.Commit();
        var successor = new LogEntity(world, new Incarnation(2));
        successor.Start();
        successor.Commit();
        world.Delete(1);
        successor.Die();

        successor.Start();

        successor.Record.ShouldBe(1);
    }

    [Fact]
    public void Older_rows_of_a_session_are_deleted_now_and_then_and_the_newest_never()
    {
        var world = new LogWorld(LogKind.Session, Small);
        var entity = new LogEntity(world, new Incarnation(1));
        entity.Start();
        for (var i = 0; i < 30; i++)
        {
            entity.Append();
            entity.Commit();
            world.Rows.Count.ShouldBeLessThanOrEqualTo(Small.SessionEvents);
            world.Rows.Keys.ShouldContain(world.Highest);
        }
    }

    [Fact]
    public void Snapshots_are_taken_when_nothing_waits_and_rows_before_the_tail_go()
    {
        var entity = Started(1);
        for (var i = 0; i < 20; i++)
        {
            entity.Append(trimTo: Math.Max(1, i - 2));
            entity.Commit();
        }

        _world.Snapshot.ShouldNotBeNull().SequenceNr.ShouldBe(20);
        _world.Rows.Keys.Min().ShouldBeGreaterThan(10);
        entity.Die();
        Started(1).Messages.Count.ShouldBe(20);
    }

    [Fact]
    public void A_log_that_is_never_quiet_gets_its_snapshot_late_but_gets_it()
    {
        var entity = Started(1);
        entity.Append();
        for (var i = 0; i < 11; i++)
        {
            entity.Append();
            entity.Commit();
            _world.Snapshot.ShouldBeNull($"after {i + 1} events");
        }

        entity.Append();
        entity.Commit();

        _world.Snapshot.ShouldNotBeNull().SequenceNr.ShouldBe(12);
    }

    [Fact]
    public void A_snapshot_that_came_due_while_another_was_saved_is_taken_when_that_one_is()
    {
        var machine = Machine();
        var effects = new List<LogEffect>();
        var standing = new LogStanding(true, 1);
        machine.Step(new LogInput.ReplayFinished(0), standing, effects);
        for (var i = 1; i <= 9; i++)
        {
            machine.Step(new LogInput.AppendAsked(new LogRequest.Append(i, _world.Body(1, i, i))), standing, effects);
            machine.Step(new LogInput.Written(i), standing, effects);
        }

        Due(effects).ShouldBe([4]);
        machine.Step(new LogInput.SnapshotTaken(new LogRequest.TakeSnapshot(4, ChannelState.Empty)), standing, effects);
        machine.Step(new LogInput.SnapshotSaved(4), standing, effects);

        Due(effects).ShouldBe([4, 9]);
        effects.OfType<LogEffect.SaveSnapshot>().ShouldHaveSingleItem().Snapshot.Head.ShouldBe(4, "it is of the event it was begun at");
    }

    [Fact]
    public void Without_the_lease_nothing_is_answered_and_the_outcome_is_found_later()
    {
        var entity = Started(1);
        entity.Append();
        entity.HoldsLease = false;

        entity.Commit();
        entity.IsRunning.ShouldBeFalse();
        entity.Committed.ShouldBeEmpty();
        entity.Start();
        entity.IsUsable.ShouldBeFalse();

        entity.HoldsLease = true;
        entity.Start();
        entity.Committed.ShouldBe([1]);
    }

    [Fact]
    public void A_store_that_may_have_lost_its_end_begins_a_new_epoch_and_offsets_go_on()
    {
        var before = Written(1, 2);
        var first = before.Epoch;
        before.Die();
        _world.Store = 2;

        before.Start();
        before.IsUsable.ShouldBeFalse();
        before.Commit();

        before.Epoch.ShouldNotBe(first);
        before.Append();
        before.Commit();
        _world.Check();
        var epoch = before.Epoch;
        before.Die();
        Restarted(before).Epoch.ShouldBe(epoch);
    }

    [Fact]
    public void A_store_that_changes_under_a_write_leaves_it_unanswered()
    {
        var entity = Started(1);
        entity.Append();
        _world.Store = 2;

        entity.Commit();

        entity.IsRunning.ShouldBeFalse();
        entity.Committed.ShouldBeEmpty();
    }

    [Fact]
    public void An_unreadable_row_with_a_known_extent_is_a_hole_and_the_epoch_goes_on()
    {
        var machine = Recovered(new JournalEvent.Corrupt("torn", FirstOffset: 3, Count: 4), out var recovered);

        recovered.Head.ShouldBe(6);
        recovered.Epoch.ShouldBe(new Epoch(5));
        machine.State.ShouldBe(EventLogMachine.Phase.Open);
    }

    [Fact]
    public void An_unreadable_last_row_of_unknown_extent_begins_a_new_epoch()
    {
        var machine = Recovered(new JournalEvent.Corrupt("torn"), out var recovered);

        recovered.Epoch.ShouldBe(new Epoch(77));
        recovered.Head.ShouldBe(2);
        machine.State.ShouldBe(EventLogMachine.Phase.Open);
    }

    [Fact]
    public void Rows_of_which_only_the_number_is_left_begin_a_new_epoch()
    {
        var effects = new List<LogEffect>();
        var machine = Machine();

        machine.Step(new LogInput.ReplayFinished(9), new LogStanding(true, 1), effects);

        effects.OfType<LogEffect.Persist>().ShouldHaveSingleItem().Event.Epoch.ShouldBe(new Epoch(77));
    }

    [Fact]
    public void An_append_that_does_not_follow_the_head_is_refused()
    {
        var machine = Machine();
        var effects = new List<LogEffect>();
        machine.Step(new LogInput.ReplayFinished(0), new LogStanding(true, 1), effects);

        Should.Throw<InvalidOperationException>(() => machine.Step(
                new LogInput.AppendAsked(new LogRequest.Append(1, _world.Body(1, 1, offset: 2))), new LogStanding(true, 1), effects))
            .Message.ShouldContain("offset 2");
        Should.Throw<InvalidOperationException>(() => Machine().Step(
            new LogInput.AppendAsked(new LogRequest.Append(1, _world.Body(1, 1, 1))), new LogStanding(true, 1), effects));
    }

    private static IEnumerable<long> Due(IEnumerable<LogEffect> effects) =>
        effects.OfType<LogEffect.Report>().Select(report => report.News).OfType<LogNews.SnapshotDue>().Select(due => due.SequenceNr);

    private static EventLogMachine Machine() =>
        new(new LogIdentity("log", LogKind.Channel, new Incarnation(1), new Epoch(77)), new LogTenure(1), Small);

    /// <summary>Two messages, then this row; the fence, if there is one, is written.</summary>
    private EventLogMachine Recovered(JournalEvent.Corrupt row, out LogNews.Recovered recovered)
    {
        var machine = Machine();
        var effects = new List<LogEffect>();
        var standing = new LogStanding(true, 1);
        for (var i = 1; i <= 2; i++)
        {
            machine.Step(new LogInput.EventReplayed(new LoggedEvent(Origin(i), new Epoch(5), _world.Body(9, i, i)), i), standing, effects);
        }

        var origin = row.Count is null ? EventOrigin.Unreadable : Origin(3);
        machine.Step(new LogInput.EventReplayed(new LoggedEvent(origin, row.Count is null ? default : new Epoch(5), row), 3), standing, effects);
        machine.Step(new LogInput.ReplayFinished(3), standing, effects);
        if (effects.OfType<LogEffect.Persist>().Any())
        {
            machine.Step(new LogInput.Written(4), standing, effects);
        }

        recovered = effects.OfType<LogEffect.Report>().Select(report => report.News).OfType<LogNews.Recovered>().ShouldHaveSingleItem();
        return machine;
    }

    private static EventOrigin Origin(long append) => new(new Incarnation(1), 1, 9, append, 1);

    private LogEntity Entity(long writer) => new(_world, new Incarnation(writer));

    private LogEntity Started(long writer) => Restarted(Entity(writer));

    private static LogEntity Restarted(LogEntity entity)
    {
        entity.Start();
        entity.IsUsable.ShouldBeTrue();
        return entity;
    }

    private LogEntity Written(long writer, int appends) => Started(writer).Write(appends);
}
