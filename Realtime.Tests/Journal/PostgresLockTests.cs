using Npgsql;
using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Journal;

/// <summary>A client that was stopped in the middle of a write holds the fence of its shards for as long as its connection lives.</summary>
public sealed class PostgresLockTests : IAsyncLifetime
{
    private readonly PostgresStoreCase _case = new(time: TimeProvider.System);
    private NpgsqlDataSource _source = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _case.StartAsync();
        _source = NpgsqlDataSource.Create(_case.Server.ConnectionString(_case.Database));
        await _case.Cluster.FoundAsync(8);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _case.DisposeAsync();
    }

    [Fact]
    public async Task Eviction_and_acquisition_pass_by_a_shard_whose_fence_is_held()
    {
        var victim = await _case.Cluster.JoinAsync("a");
        var self = await _case.Cluster.JoinAsync("b");
        await _case.Cluster.AcquireAsync(victim, 0, 1, 2, 3);
        await using var holder = await HoldAsync("SELECT 1 FROM rt.shard WHERE shard_id = 2 FOR SHARE");

        (await _case.Cluster.EvictAsync(self, victim, 0)).ShouldBeTrue();
        var first = await _case.Cluster.AcquireAsync(self, 0, 1, 2, 3);
        first.Shards.Numbers().ShouldBe([0, 1, 3]);

        await holder.DisposeAsync();
        (await _case.Cluster.AcquireAsync(self, 2)).Shards.ShouldBe([new ShardRow(new ShardId(2), 2, self)]);
    }

    [Fact]
    public async Task A_hand_off_leaves_out_the_shard_whose_fence_is_held_and_a_change_of_owner_waits_for_no_writer()
    {
        var a = await _case.Cluster.JoinAsync("a");
        var b = await _case.Cluster.JoinAsync("b");
        var one = await _case.Cluster.OwnAsync(a, 1);
        var two = await _case.Cluster.OwnAsync(a, 2);
        await using var holder = await HoldAsync("SELECT 1 FROM rt.shard WHERE shard_id = 1 FOR SHARE");

        (await _case.Cluster.HandOffAsync(a, b, one, two)).Shards.Numbers().ShouldBe([2]);
        (await _case.Cluster.HandOffAsync(a, b, one)).ShouldSatisfyAllConditions(grant => grant.Allowed.ShouldBeTrue(), grant => grant.Shards.ShouldBeEmpty());

        await holder.DisposeAsync();
        (await _case.Cluster.HandOffAsync(a, b, one)).Shards.Numbers().ShouldBe([1]);
    }

    [Fact]
    public async Task A_heartbeat_goes_through_while_the_view_is_locked()
    {
        var self = await _case.Cluster.JoinAsync("a");
        await using var holder = await HoldAsync("SELECT rt.lock_view()");

        _case.Cluster.Beat(self, 1).Alive.ShouldBeTrue();
        await Should.ThrowAsync<StoreUnavailableException>(async () => await _case.Cluster.DrainAsync(self, true, Cancellation));
    }

    [Fact]
    public async Task A_change_of_owner_and_a_write_that_holds_the_fence_never_overlap()
    {
        var a = await _case.Cluster.JoinAsync("a");
        var fence = await _case.Cluster.OwnAsync(a, 1);
        var log = (await _case.OpenAsync("chat:a", fence)).Log;
        Task<WriteOutcome> late;
        await using (var holder = await HoldAsync("UPDATE rt.shard SET epoch = epoch + 1, owner = 0 WHERE shard_id = 1"))
        {
            // The write waits for the change, and is then judged by what came of it.
            late = _case.Append(log, 0, "late", fence);
            await WaitingAsync();
            await holder.CommitAsync();
        }

        (await late).ShouldBe(WriteOutcome.Fenced);
        (await _case.HeadAsync(log)).Head.ShouldBe(0);
    }

    private async Task WaitingAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await _case.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") is not > 0L)
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(30), "waited in vain for a write to wait for a lock");
        }
    }

    private async Task<Holder> HoldAsync(string sql)
    {
        var connection = await _source.OpenConnectionAsync(Cancellation);
        var transaction = await connection.BeginTransactionAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
        return new Holder(connection, transaction);
    }

    private sealed class Holder(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public Task CommitAsync() => transaction.CommitAsync(Cancellation);

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
