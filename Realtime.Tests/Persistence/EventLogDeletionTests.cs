using Realtime.Messages.Ids;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Core;

namespace Realtime.Tests.Persistence;

/// <summary>What becomes of a log's rows when its tail moves without a message, as it does when messages pass their age.</summary>
public sealed class EventLogDeletionTests
{
    private readonly LogWorld _world = new(
        LogKind.Channel, new LogLimits { EventMessages = 3, SnapshotEvents = 100, SnapshotPatience = 3, IndexEvents = 50, DeleteRows = 2 });

    [Fact]
    public void Rows_before_a_tail_that_moved_without_a_message_are_deleted_to_the_very_row()
    {
        var entity = Written(2);
        entity.Found(2);
        entity.Trim(2);
        entity.Drain();

        _world.Rows.Keys.ShouldBe([2, 3]);
        entity.Die();
        entity.Start();
        (entity.Tail, entity.Machine!.Index.Head).ShouldBe((2, 2));
    }

    [Fact]
    public void A_log_without_messages_keeps_no_row_and_its_numbers_and_offsets_go_on()
    {
        var entity = Written(3);
        entity.Trim(4);
        entity.Drain();
        _world.Rows.ShouldBeEmpty();

        entity.Die();
        var successor = new LogEntity(_world, new Incarnation(2));
        successor.Start();
        successor.Commit();
        _world.Highest.ShouldBe(5);
        _world.Rows.ShouldBeEmpty("the fence can go as well");
        successor.Append();
        successor.Commit();

        successor.Messages[^1].Offset.ShouldBe(4);
        successor.Epoch.ShouldBe(entity.Epoch);
        _world.Rows.Keys.ShouldBe([6]);
        _world.Check();
    }

    [Fact]
    public void Rows_that_an_earlier_life_did_not_get_to_are_deleted_by_the_next()
    {
        var entity = Written(3);
        entity.Trim(4);
        entity.Drain();
        entity.Die();
        _world.Restore(1);

        entity.Start();

        _world.Rows.ShouldBeEmpty();
    }

    [Fact]
    public void Rows_behind_the_last_snapshot_stay_though_the_tail_has_passed_them()
    {
        var world = new LogWorld(LogKind.Channel, new LogLimits { SnapshotEvents = 3, IndexEvents = 1 });
        var entity = new LogEntity(world, new Incarnation(1));
        entity.Start();
        entity.Write(4);
        entity.Append(trimTo: 5);
        entity.Commit();
        entity.Die();

        entity.Start();

        world.Snapshot.ShouldNotBeNull().SequenceNr.ShouldBe(3);
        (entity.Tail, entity.Machine!.Index.Head).ShouldBe((5, 5));
        world.Rows.Keys.ShouldBe([4, 5], "what row 4 says of its producer stands nowhere else");
    }

    private LogEntity Written(int appends)
    {
        var entity = new LogEntity(_world, new Incarnation(1));
        entity.Start();
        return entity.Write(appends);
    }
}
