using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Sqlite;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Journal;

/// <summary>Who may have the file together, and what those who do owe each other.</summary>
public sealed class SqliteSharingTests : IAsyncDisposable
{
    private readonly SqliteStoreCase _case = SqliteStoreCase.Shared();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _case.DisposeAsync();

    [Fact]
    public async Task One_process_alone_and_several_that_share_keep_each_other_out()
    {
        await _case.StartAsync();
        await using (var alone = new SqliteStore(_case.Options with { Node = null }, _case.Clock))
        {
            (await Fault(alone)).Fault.ShouldBe(StoreFault.InUse);
        }

        // The refused have taken nothing along.
        await _case.SecondAsync();
        await _case.Store.DisposeAsync();
        await using (var alone = new SqliteStore(_case.Options with { Node = null }, _case.Clock))
        {
            (await Fault(alone)).Fault.ShouldBe(StoreFault.InUse);
        }

        await using var other = new SqliteStoreCase();
        await other.StartAsync();
        await using var sharing = new SqliteStore(other.Options with { Node = new NodeId("a") }, _case.Clock);
        var fault = await Fault(sharing);
        fault.Fault.ShouldBe(StoreFault.InUse);
        fault.Message.ShouldContain(other.File);
    }

    [Fact]
    public async Task A_name_is_held_by_one_and_free_when_that_one_closes()
    {
        await _case.StartAsync();
        _case.Cluster.HoldsName.ShouldBeTrue();
        await using (var second = new SqliteStore(_case.Options, _case.Clock))
        {
            var fault = await Fault(second);
            fault.Fault.ShouldBe(StoreFault.InUse);
            fault.Message.ShouldContain("'first-handle'");
        }

        await _case.ReopenAsync();
        await using var alone = new SqliteStore(new SqliteStoreOptions(_case.Other("alone.db")), _case.Clock);
        ((IClusterStore)alone).HoldsName.ShouldBeFalse();
    }

    [Fact]
    public async Task Who_holds_a_name_takes_it_over_in_the_cluster_without_having_watched_it()
    {
        await _case.StartAsync();
        await _case.Cluster.FoundAsync(4);
        var dead = await _case.Cluster.JoinAsync("first-handle");
        var other = await _case.Cluster.JoinAsync("b");
        await _case.Cluster.AcquireAsync(dead, 1);
        _case.Cluster.Beat(dead, 3);
        await _case.ReopenAsync();

        var self = await _case.Cluster.JoinAsync("first-handle", boot: 2);

        self.ShouldBeGreaterThan(other);
        _case.Cluster.Beat(dead, 4).Alive.ShouldBeFalse();
        (await _case.Cluster.AcquireAsync(self, 1)).Shards.ShouldHaveSingleItem().Epoch.ShouldBe(3);
        (await _case.Cluster.JoinAsync(ClusterSteps.Profile("b", boot: 2), null, Cancellation)).Incarnation.IsNone.ShouldBeTrue("that name is held by another");
    }

    [Fact]
    public async Task All_who_open_a_new_file_at_once_see_one_identity()
    {
        var stores = Enumerable.Range(0, 5).Select(i => new SqliteStore(_case.Options with { Node = new NodeId($"n{i}") }, TimeProvider.System)).ToList();
        try
        {
            var identities = await Task.WhenAll(stores.Select(store => Task.Run(async () => await store.OpenAsync(Cancellation))));

            identities.Select(identity => identity.StoreId).Distinct().ShouldHaveSingleItem();
            identities.Select(identity => Convert.ToHexString(identity.TokenKeys[1])).Distinct().ShouldHaveSingleItem();
        }
        finally
        {
            foreach (var store in stores)
            {
                await store.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_file_that_older_programs_have_open_is_not_upgraded_under_their_feet()
    {
        await _case.StartAsync();
        using (var database = _case.Beside())
        {
            database.Execute($"PRAGMA user_version = {SqliteSchema.Version - 1}");
        }

        var fault = await Should.ThrowAsync<StoreFaultException>(_case.SecondAsync);

        fault.Fault.ShouldBe(StoreFault.InUse);
        fault.Message.ShouldContain("older version");
    }

    [Fact]
    public async Task Whatever_waits_for_the_lock_to_write_gets_through_when_it_is_free()
    {
        await _case.StartAsync();
        await _case.Cluster.FoundAsync(4);
        var self = await _case.Cluster.JoinAsync("a");
        var fence = await _case.Cluster.OwnAsync(self, 1);
        var log = (await _case.OpenAsync("chat:a", fence)).Log;
        Task<WriteOutcome> append;
        Task<HeartbeatResult> heartbeat;
        Task<ShardGrant> acquire;
        using (var other = _case.Beside())
        {
            other.Execute("BEGIN IMMEDIATE");
            append = _case.Append(log, 0, "x", fence);
            heartbeat = Task.Run(() => _case.Cluster.Beat(self, 1), Cancellation);
            acquire = Task.Run(() => _case.Cluster.AcquireAsync(self, 2), Cancellation);

            // Reading needs no lock.
            (await _case.HeadAsync(log)).Head.ShouldBe(0);
            (append.IsCompleted || heartbeat.IsCompleted || acquire.IsCompleted).ShouldBeFalse();
            other.Execute("ROLLBACK");
        }

        (await append).ShouldBe(WriteOutcome.Committed);
        (await Deadline.Within(heartbeat, "the heartbeat")).Alive.ShouldBeTrue();
        (await Deadline.Within(acquire, "the shard")).Shards.Numbers().ShouldBe([2]);
        _case.Store.Health.IsWell.ShouldBeTrue();
    }

    [Fact]
    public async Task While_another_program_keeps_the_file_locked_the_cluster_rows_are_unavailable()
    {
        await using var store = new SqliteStoreCase(options => options with { Node = new NodeId("a"), BusyTimeout = TimeSpan.FromMilliseconds(20) });
        await store.StartAsync();
        await store.Cluster.FoundAsync(4);
        var self = await store.Cluster.JoinAsync("a");
        using (var other = store.Beside())
        {
            other.Execute("BEGIN IMMEDIATE");

            Should.Throw<StoreUnavailableException>(() => store.Cluster.Beat(self, 1));
            await Should.ThrowAsync<StoreUnavailableException>(() => store.Cluster.AcquireAsync(self, 1));
            (await store.Cluster.ViewAsync()).Nodes.ShouldHaveSingleItem();
        }

        store.Cluster.Beat(self, 2).Alive.ShouldBeTrue();
        (await store.Cluster.AcquireAsync(self, 1)).Shards.Numbers().ShouldBe([1]);
    }

    [Fact]
    public async Task What_another_handle_trimmed_and_did_not_delete_is_deleted()
    {
        await _case.StartAsync();
        var log = (await _case.OpenAsync("chat:a")).Log;
        await _case.Append(log, 0, [.. Enumerable.Range(1, 100).Select(i => $"{i}")]);
        await Deadline.Until(() => _case.Count("SELECT count(*) FROM journal") == 100, "the messages");
        using (var other = _case.Beside())
        {
            other.Execute("UPDATE log SET tail = 100");
        }

        await Deadline.Until(
            () =>
            {
                _case.Clock.Advance(TimeSpan.FromSeconds(60));
                return _case.Count("SELECT count(*) FROM journal") == 1;
            },
            "the rest of the trimmed messages to be deleted");
    }

    [Fact]
    public async Task A_file_of_version_2_keeps_its_sessions_and_any_node_finds_them()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_case.File)!);
        using (var database = SqliteDatabase.Open(_case.File))
        {
            database.Execute(SchemaVersion1.Sql);
            database.Execute(SchemaVersion2.Sql);
        }

        await _case.StartAsync();

        _case.Count("PRAGMA user_version").ShouldBe(SqliteSchema.Version);
        (await _case.LoadAsync(new SessionId(1)))!.Revision.ShouldBe(4);
        (await _case.Store.AttachedAsync([new ShardId(3)], default, 10, Cancellation)).ShouldBe([new SessionId(1)]);
        (await _case.SweepAsync(_case.Clock.Now, 10)).ShouldBe(1);
        await _case.Cluster.FoundAsync(4);
        (await _case.Cluster.ViewAsync()).Shards.Count.ShouldBe(4);
    }

    private static async Task<StoreFaultException> Fault(SqliteStore store) =>
        await Should.ThrowAsync<StoreFaultException>(async () => await store.OpenAsync(Cancellation));
}
