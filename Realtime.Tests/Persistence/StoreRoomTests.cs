using LinqToDB;
using Microsoft.Data.Sqlite;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;
using SQLitePCL;

namespace Realtime.Tests.Persistence;

/// <summary>When a store that was full has room again, as readiness says it.</summary>
public sealed class StoreRoomTests
{
    private const long Large = 60_000;

    private readonly ManualClock _clock = new();
    private readonly Disk _disk = new();
    private readonly JournalHandle _journal;

    public StoreRoomTests() => _journal = new Journals(_disk, new JournalOptions(), _clock).Channels;

    private bool IsFull => _journal.State.Trouble is StoreFailureKind.StorageFull;

    [Fact]
    public void A_small_write_shows_no_room_for_a_large_one()
    {
        Fill(Large);
        Fill(bytes: 10);

        _journal.Wrote(100);
        IsFull.ShouldBeTrue();
        _journal.Wrote(Large);

        IsFull.ShouldBeFalse();
        Fill(bytes: 10);
        _journal.Wrote(10);
        IsFull.ShouldBeFalse("the large one is forgotten");
    }

    [Fact]
    public void A_store_that_sees_its_room_is_full_until_it_sees_it()
    {
        _disk.HasRoom = false;
        Fill(Large);
        _clock.Advance(TimeSpan.FromMinutes(1));
        _journal.Wrote(100);
        _journal.Read();
        _journal.LookForRoom();
        (IsFull, _journal.WaitsForRoom).ShouldBe((true, true));

        _disk.HasRoom = true;
        _journal.LookForRoom();

        (IsFull, _journal.WaitsForRoom).ShouldBe((false, false));
        _disk.Asked.ShouldAllBe(bytes => bytes == Large);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(null)]
    public void A_store_that_saw_room_where_there_was_none_is_not_asked_again(bool? sees)
    {
        _disk.HasRoom = sees;
        Fill(Large);
        _disk.HasRoom = true;
        _journal.LookForRoom();
        _journal.Wrote(100);
        (IsFull, _journal.WaitsForRoom).ShouldBe((true, false));

        _clock.Advance(TimeSpan.FromSeconds(11));
        IsFull.ShouldBeTrue("time alone says nothing");
        _journal.Wrote(100);

        IsFull.ShouldBeFalse("no large one has tried for a while: the next one shall");
    }

    [Fact]
    public async Task A_file_has_the_room_of_its_disk()
    {
        using var directory = new TemporaryDirectory();
        await using var file = new SqliteEventStore(new SqliteEventStoreOptions(directory.File("room.db")));
        await using var limited = new SqliteEventStore(new SqliteEventStoreOptions(directory.File("room.db")) { MaxBytes = 1 << 20 });
        await using var memory = new SqliteEventStore(new SqliteEventStoreOptions(null));

        (file.HasRoomFor(1), file.HasRoomFor(1L << 60)).ShouldBe((true, false));
        (limited.HasRoomFor(1), memory.HasRoomFor(1)).ShouldBe((null, null));
    }

    private void Fill(long bytes) => _journal.Failed(new SqliteException("full", raw.SQLITE_FULL), writing: true, bytes);

    /// <summary>Has no tables, and room as the test says.</summary>
    private sealed class Disk : EventStore
    {
        public bool? HasRoom { get; set; }

        public List<long> Asked { get; } = [];

        public override string Description => "a disk";

        public override bool IsDurable => true;

        public override DataOptions DataOptions { get; } = new();

        public override IWriterLease Lease { get; } = new FileLease();

        internal override string? Schema => null;

        internal override int Writers => 1;

        internal override int Readers => 1;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        internal override bool? HasRoomFor(long bytes)
        {
            Asked.Add(bytes);
            return HasRoom;
        }

        internal override EventQueries Queries(EventTable table) => throw new NotSupportedException();

        internal override SnapshotQueries Snapshots() => throw new NotSupportedException();

        protected override Task<OpenedStore> OpenCoreAsync(CancellationToken cancellation) => throw new NotSupportedException();
    }
}
