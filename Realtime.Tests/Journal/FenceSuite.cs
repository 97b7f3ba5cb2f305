using System.Collections.Concurrent;
using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted;

namespace Realtime.Tests.Journal;

/// <summary>
/// Whoever does not own a shard writes nothing in it, whatever it believes; and whoever does is not held up by those who do not. An
/// implementation's class is a constructor.
/// </summary>
public abstract class FenceSuite : IAsyncLifetime
{
    private const int Shards = 8;
    private readonly StoreCase _case;
    private Incarnation _a;
    private Incarnation _b;

    internal FenceSuite(StoreCase store) => _case = store;

    public async ValueTask InitializeAsync()
    {
        await _case.StartAsync();
        await _case.Cluster.FoundAsync(Shards);
        _a = await _case.Cluster.JoinAsync("a");
        _b = await _case.Cluster.JoinAsync("b");
    }

    public ValueTask DisposeAsync() => _case.DisposeAsync();

    [Fact]
    public async Task The_owner_writes_and_reads_back()
    {
        var fence = await OwnAsync(_a, 1);
        var log = await _case.OpenAsync("chat:a", fence);

        (await _case.Append(log.Log, 0, "1", fence)).ShouldBe(WriteOutcome.Committed);
        (await _case.Append(log.Log, 0, "x", fence)).ShouldBe(WriteOutcome.Conflict);
        (await _case.Put(Write(1, 0, fence))).ShouldBe(WriteOutcome.Committed);
        (await _case.Put(Write(1, 0, fence))).ShouldBe(WriteOutcome.Conflict);

        (await _case.OpenAsync("chat:a", fence)).Head.ShouldBe(1);
        StoreCase.Texts(await _case.ReadAsync(log.Log)).ShouldBe(["1"]);
    }

    [Fact]
    public async Task A_wrong_epoch_owner_or_shard_writes_nothing()
    {
        var fence = await OwnAsync(_a, 1);
        await OwnAsync(_b, 2);
        var log = (await _case.OpenAsync("chat:a", fence)).Log;
        await _case.Append(log, 0, "1", fence);
        await _case.Put(Write(1, 0, fence));
        ShardFence[] wrong =
        [
            fence with { Epoch = fence.Epoch - 1 }, fence with { Epoch = fence.Epoch + 1 }, fence with { Owner = _b }, fence with { Owner = default },
            fence with { Shard = new ShardId(2) }, fence with { Shard = new ShardId(3), Epoch = 0 }, new(new ShardId(3), 0, default),
            fence with { Shard = new ShardId(Shards) }, fence with { Shard = new ShardId(-1) },
        ];

        foreach (var other in wrong)
        {
            (await _case.Append(log, 1, "x", other)).ShouldBe(WriteOutcome.Fenced, $"{other}");
            (await _case.Append(log, 7, "x", other)).ShouldBe(WriteOutcome.Fenced, "who owns nothing is not told where the head is");
            (await _case.Append(new AppendRequest(log, 1, [], [_case.Mark("p", 0, 1, 1)], Tail: 2) { Fence = other })).ShouldBe(WriteOutcome.Fenced);
            (await _case.Put(Write(1, 1, other))).ShouldBe(WriteOutcome.Fenced);
            (await _case.Put(Write(1, 1, other) with { Record = null })).ShouldBe(WriteOutcome.Fenced);
            (await _case.Put(Write(2, 0, other))).ShouldBe(WriteOutcome.Fenced);
            await Should.ThrowAsync<StoreFencedException>(async () => await _case.OpenAsync("chat:a", other));
            await Should.ThrowAsync<StoreFencedException>(async () => await _case.OpenAsync("chat:new", other));
        }

        var open = await _case.OpenAsync("chat:a", fence);
        (open.Head, open.Tail, open.Producers.Count).ShouldBe((1, 1, 0));
        (await _case.LoadAsync(Id(1)))!.Revision.ShouldBe(1);
        (await _case.LoadAsync(Id(2))).ShouldBeNull();
        (await _case.OpenAsync("chat:new")).Log.Value.ShouldBe(log.Value + 1, "the refused have made a log");
    }

    [Fact]
    public async Task After_a_hand_off_the_old_owner_is_fenced_and_the_new_one_goes_on()
    {
        var second = await _case.SecondAsync();
        var old = await OwnAsync(_a, 1);
        var log = (await _case.OpenAsync("chat:a", old)).Log;
        await _case.Append(log, 0, "1", old);

        var row = (await _case.Cluster.HandOffAsync(_a, _b, old)).Shards.ShouldHaveSingleItem();
        var fence = new ShardFence(row.Shard, row.Epoch, row.Owner);

        (await _case.Append(log, 1, "late", old)).ShouldBe(WriteOutcome.Fenced);
        (await _case.Put(Write(1, 0, old))).ShouldBe(WriteOutcome.Fenced);
        await Should.ThrowAsync<StoreFencedException>(async () => await _case.OpenAsync("chat:a", old));
        (await second.OpenAsync(ChannelName.Parse("chat:a"), fence, TestContext.Current.CancellationToken)).Head.ShouldBe(1);
        (await _case.Append(log, 1, "2", fence, second)).ShouldBe(WriteOutcome.Committed);
        (await _case.Append(log, 2, "late", old)).ShouldBe(WriteOutcome.Fenced);
        StoreCase.Texts(await _case.ReadAsync(log)).ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task Who_was_declared_dead_is_fenced_before_anybody_has_taken_over()
    {
        var fence = await OwnAsync(_a, 1);
        var log = (await _case.OpenAsync("chat:a", fence)).Log;
        (await _case.Cluster.EvictAsync(_b, _a, 0)).ShouldBeTrue();

        (await _case.Append(log, 0, "x", fence)).ShouldBe(WriteOutcome.Fenced);
        (await _case.Append(log, 0, "x", fence with { Epoch = fence.Epoch + 1 })).ShouldBe(WriteOutcome.Fenced);
        (await _case.Append(log, 0, "1", await OwnAsync(_b, 1))).ShouldBe(WriteOutcome.Committed);
    }

    [Fact]
    public async Task In_a_batch_of_several_shards_each_write_has_the_outcome_of_its_own_fence()
    {
        var fences = new List<ShardFence>();
        var logs = new List<LogId>();
        for (var i = 0; i < Shards; i++)
        {
            fences.Add(await OwnAsync(_a, i));
            logs.Add((await _case.OpenAsync($"chat:{i}", fences[i])).Log);
        }

        await _case.Cluster.HandOffAsync(_a, _b, fences[2], fences[5]);
        List<Task<WriteOutcome>> appends;
        List<Task<WriteOutcome>> puts;
        using (await _case.HoldAsync())
        {
            // Each shard writes twice, and the second write follows the first.
            appends = [.. logs.Select((log, i) => _case.Append(log, 0, "first", fences[i]))];
            puts = [.. logs.Select((_, i) => _case.Put(Write(i + 1, 0, fences[i])))];
            appends.AddRange(logs.Select((log, i) => _case.Append(log, 1, "second", fences[i])));
        }

        var outcomes = await Task.WhenAll(appends);
        for (var i = 0; i < Shards; i++)
        {
            var fenced = i is 2 or 5;
            var expected = fenced ? WriteOutcome.Fenced : WriteOutcome.Committed;
            (outcomes[i], await puts[i], outcomes[Shards + i]).ShouldBe((expected, expected, expected), $"shard {i}");
            StoreCase.Texts(await _case.ReadAsync(logs[i])).ShouldBe(fenced ? [] : ["first", "second"]);
            (await _case.LoadAsync(Id(i + 1)) is null).ShouldBe(fenced);
        }
    }

    [Fact]
    public async Task While_owners_change_the_commits_of_each_stand_in_the_order_of_their_epochs()
    {
        var second = await _case.SecondAsync();
        var fence = await OwnAsync(_a, 1);
        var log = (await _case.OpenAsync("chat:a", fence)).Log;
        using var over = new CancellationTokenSource();
        var published = new ConcurrentQueue<long>();
        var writers = new[] { _a, _b }.Select((self, i) => Task.Run(async () =>
        {
            // Each goes on with whatever fence it last had, as one that has not heard of its loss would.
            while (!over.IsCancellationRequested)
            {
                var row = await _case.Cluster.ShardAsync(1);
                var mine = new ShardFence(row.Shard, row.Epoch, self);
                for (var tries = 0; tries < 5; tries++)
                {
                    var head = (await _case.HeadAsync(log)).Head;
                    if (await _case.Append(log, head, $"{mine.Epoch}", mine, i == 0 ? _case.Store : second) == WriteOutcome.Committed)
                    {
                        published.Enqueue(mine.Epoch);
                    }
                }
            }
        })).ToArray();

        for (var turn = 0; turn < 20; turn++)
        {
            var epoch = fence.Epoch;
            await Deadline.Until(() => published.Contains(epoch), $"the owner of epoch {epoch} to publish");
            var (from, to) = turn % 2 == 0 ? (_a, _b) : (_b, _a);
            var row = await HandOffAsync(from, to, fence);
            fence = new ShardFence(row.Shard, row.Epoch, row.Owner);
        }

        await over.CancelAsync();
        await Task.WhenAll(writers);
        var epochs = StoreCase.Texts(await _case.ReadAsync(log)).Select(text => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        epochs.ShouldBe(published.Order());
        epochs.Distinct().Count().ShouldBeGreaterThanOrEqualTo(20);
    }

    [Fact]
    public async Task Attached_sessions_are_found_by_shard_and_those_without_one_by_everybody()
    {
        var one = await OwnAsync(_a, 1);
        var two = await OwnAsync(_a, 2);
        for (var i = 1; i <= 9; i++)
        {
            var write = Write(i, 0, one);
            (await _case.Put(write with { Fence = (i % 3) switch { 0 => null, 1 => one, _ => two } })).ShouldBe(WriteOutcome.Committed);
        }

        await _case.Put(Write(4, 1, one) with { ExpiresAt = _case.Clock.Now });
        await _case.Put(Write(7, 1, one));

        (await PagesAsync(1)).ShouldBe([1, 3, 6, 7, 9]);
        (await PagesAsync(2)).ShouldBe([2, 3, 5, 6, 8, 9]);
        (await PagesAsync(1, 2)).ShouldBe([1, 2, 3, 5, 6, 7, 8, 9]);
        (await PagesAsync(4)).ShouldBe([3, 6, 9]);
        (await PagesAsync()).ShouldBe([3, 6, 9]);
        (await _case.AttachedAsync(default, 100)).Count.ShouldBe(8);
    }

    private async Task<List<int>> PagesAsync(params int[] shards)
    {
        var wanted = shards.Select(shard => new ShardId(shard)).ToList();
        var found = new List<int>();
        SessionId after = default;
        while (await _case.Store.AttachedAsync(wanted, after, 2, TestContext.Current.CancellationToken) is { Count: > 0 } page)
        {
            page.Count.ShouldBeLessThanOrEqualTo(2);
            found.AddRange(page.Select(id => (int)id.Value));
            after = page[^1];
        }

        return found;
    }

    /// <summary>Until it falls between two writes: it waits for none that holds the fence.</summary>
    private async Task<ShardRow> HandOffAsync(Incarnation from, Incarnation to, ShardFence fence)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var shards = (await _case.Cluster.HandOffAsync(from, to, fence)).Shards;
            if (shards.Count > 0)
            {
                return shards.ShouldHaveSingleItem();
            }

            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(30), "waited in vain for a shard to be handed off");
        }
    }

    private Task<ShardFence> OwnAsync(Incarnation node, int shard) => _case.Cluster.OwnAsync(node, shard);

    private static SessionWrite Write(int session, long revision, ShardFence fence) =>
        new(Id(session), revision, new SessionRecord { Attach = revision + 1 }, null) { Fence = fence };

    private static SessionId Id(int number) => new((UInt128)number);
}
