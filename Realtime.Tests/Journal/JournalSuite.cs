using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Journal;

/// <summary>What every journal must do. An implementation's class is a constructor.</summary>
public abstract class JournalSuite : IAsyncLifetime
{
    private readonly StoreCase _case;

    internal JournalSuite(StoreCase store) => _case = store;

    public async ValueTask InitializeAsync() => await _case.StartAsync();

    public ValueTask DisposeAsync() => _case.DisposeAsync();

    [Fact]
    public async Task A_new_log_is_empty_and_has_an_epoch()
    {
        var log = await _case.OpenAsync("chat:a");

        log.ShouldBe(new OpenLog(log.Log, log.Epoch, 0, 1, 0, log.Producers));
        log.Epoch.IsNone.ShouldBeFalse();
        log.Producers.ShouldBeEmpty();
        (await _case.OpenAsync("chat:b")).Log.ShouldNotBe(log.Log);
        (await _case.OpenAsync("chat:a")).Log.ShouldBe(log.Log);
    }

    [Fact]
    public async Task A_channel_that_many_open_at_once_has_one_log()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => _case.OpenAsync($"chat:{i % 5}").AsTask())));

        opened.Select(log => log.Log).Distinct().Count().ShouldBe(5);
    }

    [Fact]
    public async Task Appended_messages_come_back_in_order_with_everything_they_carry()
    {
        var log = await _case.OpenAsync("chat:a");
        var full = new LogMessage(2, new Payload(new byte[] { 0, 255, 7 }, IsBinary: true), 17, new SessionId(99), new UserId("älice"))
        {
            Tags = [new("b", "1"), new("a", "")],
            Echo = false,
        };
        (await _case.Append(log.Log, 0, "\"one\"")).ShouldBe(WriteOutcome.Committed);
        (await _case.Append(new AppendRequest(log.Log, 1, [full, _case.Message(3, "")], []))).ShouldBe(WriteOutcome.Committed);

        var slice = await _case.ReadAsync(log.Log);

        (slice.Head, slice.Tail).ShouldBe((3, 1));
        slice.Messages.Select(message => message.Offset).ShouldBe([1, 2, 3]);
        slice.Messages[0].ShouldBe(_case.Message(1, "\"one\"") with { Tags = slice.Messages[0].Tags });
        slice.Messages[1].Tags.ShouldBe(full.Tags);
        slice.Messages[1].ShouldBe(full with { Tags = slice.Messages[1].Tags });
        slice.Messages[2].Payload.Length.ShouldBe(0);
    }

    [Fact]
    public async Task An_append_behind_or_ahead_of_the_head_is_a_conflict_and_leaves_nothing_behind()
    {
        var log = await _case.OpenAsync("chat:a");
        await _case.Append(log.Log, 0, "1", "2");
        var mark = _case.Mark("p", 0, 5, 2);

        (await _case.Append(new AppendRequest(log.Log, 1, [_case.Message(2, "x")], [mark], Tail: 2))).ShouldBe(WriteOutcome.Conflict);
        (await _case.Append(new AppendRequest(log.Log, 3, [_case.Message(4, "x")], [mark], Tail: 2))).ShouldBe(WriteOutcome.Conflict);
        (await _case.Append(new AppendRequest(new LogId(4711), 0, [_case.Message(1, "x")], [mark]))).ShouldBe(WriteOutcome.Conflict);

        var reopened = await _case.OpenAsync("chat:a");
        (reopened.Head, reopened.Tail).ShouldBe((2, 1));
        reopened.Producers.ShouldBeEmpty();
        StoreCase.Texts(await _case.ReadAsync(log.Log)).ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task Conflicts_do_not_touch_the_others_of_their_batch()
    {
        var logs = new List<LogId>();
        for (var i = 0; i < 20; i++)
        {
            logs.Add((await _case.OpenAsync($"chat:{i}")).Log);
        }

        List<Task<WriteOutcome>> outcomes;
        using (await _case.HoldAsync())
        {
            // Every third appends where there is nothing yet; then everybody appends once more, which follows only for the rest.
            outcomes = [.. logs.Select((log, i) => _case.Append(log, i % 3 == 0 ? 7 : 0, "first"))];
            outcomes.AddRange(logs.Select(log => _case.Append(log, 1, "second")));
        }

        var all = await Task.WhenAll(outcomes);
        for (var i = 0; i < logs.Count; i++)
        {
            var expected = i % 3 == 0 ? WriteOutcome.Conflict : WriteOutcome.Committed;
            (all[i], all[logs.Count + i]).ShouldBe((expected, expected));
            StoreCase.Texts(await _case.ReadAsync(logs[i])).ShouldBe(i % 3 == 0 ? [] : ["first", "second"]);
        }
    }

    [Fact]
    public async Task Of_many_who_race_for_a_head_one_wins()
    {
        var log = await _case.OpenAsync("chat:a");
        for (var head = 0; head < 20; head++)
        {
            var racers = Enumerable.Range(0, 8).Select(i => Task.Run(() => _case.Append(log.Log, head, $"{head}-{i}")));

            var outcomes = await Task.WhenAll(racers);

            outcomes.Count(outcome => outcome == WriteOutcome.Committed).ShouldBe(1);
            outcomes.Count(outcome => outcome == WriteOutcome.Conflict).ShouldBe(7);
        }

        (await _case.ReadAsync(log.Log)).Messages.Select(message => message.Offset).ShouldBe(Enumerable.Range(1, 20).Select(i => (long)i));
    }

    [Fact]
    public async Task An_append_with_a_hole_or_a_tail_outside_of_the_log_is_refused()
    {
        var log = (await _case.OpenAsync("chat:a")).Log;

        await Should.ThrowAsync<ArgumentException>(() => _case.Append(new AppendRequest(log, 0, [_case.Message(2, "x")], [])));
        await Should.ThrowAsync<ArgumentException>(() => _case.Append(new AppendRequest(log, 0, [_case.Message(1, "x"), _case.Message(3, "x")], [])));
        await Should.ThrowAsync<ArgumentException>(() => _case.Trim(log, 0, 2));
        await Should.ThrowAsync<ArgumentException>(() => _case.Trim(log, 0, 0));
        (await _case.HeadAsync(log)).Head.ShouldBe(0);
    }

    [Fact]
    public async Task Trimming_moves_the_tail_and_counts_down_the_bytes()
    {
        var log = (await _case.OpenAsync("chat:a")).Log;
        await _case.Append(log, 0, "1", "22", "333", "4444");

        (await _case.Trim(log, 4, 3)).ShouldBe(WriteOutcome.Committed);

        var slice = await _case.ReadAsync(log);
        (slice.Head, slice.Tail).ShouldBe((4, 3));
        StoreCase.Texts(slice).ShouldBe(["333", "4444"]);
        (await _case.OpenAsync("chat:a")).Bytes.ShouldBe(slice.Messages.Sum(message => message.Size));

        // An older tail is no news; everything may go, and the head stays.
        (await _case.Trim(log, 4, 2)).ShouldBe(WriteOutcome.Committed);
        (await _case.HeadAsync(log)).Tail.ShouldBe(3);
        (await _case.Trim(log, 4, 5)).ShouldBe(WriteOutcome.Committed);
        var empty = await _case.OpenAsync("chat:a");
        (empty.Head, empty.Tail, empty.Bytes).ShouldBe((4, 5, 0));
        (await _case.ReadAsync(log)).Messages.ShouldBeEmpty();

        // Appended and trimmed at once.
        (await _case.Append(new AppendRequest(log, 4, [_case.Message(5, "5"), _case.Message(6, "6")], [], Tail: 6))).ShouldBe(WriteOutcome.Committed);
        StoreCase.Texts(await _case.ReadAsync(log)).ShouldBe(["6"]);
        (await _case.OpenAsync("chat:a")).Bytes.ShouldBe(65);
    }

    [Fact]
    public async Task Reads_keep_to_their_position_limit_and_bytes()
    {
        var log = (await _case.OpenAsync("chat:a")).Log;
        await _case.Append(log, 0, "1", "22", "333", "4444", "55555");
        await _case.Trim(log, 5, 2);

        StoreCase.Texts(await _case.ReadAsync(log, after: 3)).ShouldBe(["4444", "55555"]);
        StoreCase.Texts(await _case.ReadAsync(log, after: 5)).ShouldBeEmpty();
        StoreCase.Texts(await _case.ReadAsync(log, after: 500)).ShouldBeEmpty();
        StoreCase.Texts(await _case.ReadAsync(log, limit: 2)).ShouldBe(["22", "333"]);
        StoreCase.Texts(await _case.ReadAsync(log, limit: 0)).ShouldBeEmpty();
        StoreCase.Texts(await _case.ReadAsync(log, maxBytes: 5)).ShouldBe(["22", "333"]);
        StoreCase.Texts(await _case.ReadAsync(log, maxBytes: 4)).ShouldBe(["22"]);

        // The first one comes however large it is: otherwise a reader could never get past it.
        StoreCase.Texts(await _case.ReadAsync(log, after: 4, maxBytes: 1)).ShouldBe(["55555"]);
    }

    [Fact]
    public async Task An_offset_is_found_by_time()
    {
        var log = (await _case.OpenAsync("chat:a")).Log;
        (await _case.OffsetBeforeAsync(log, long.MaxValue)).ShouldBe(0);
        long[] times = [10, 20, 20, 30, 50];
        var messages = times.Select((at, i) => _case.Message(i + 1, "x") with { At = at });
        await _case.Append(new AppendRequest(log, 0, [.. messages], []));

        foreach (var (at, offset) in new[] { (5L, 0L), (10, 0), (11, 1), (20, 1), (21, 3), (50, 4), (51, 5) })
        {
            (await _case.OffsetBeforeAsync(log, at)).ShouldBe(offset, $"before {at}");
        }

        await _case.Trim(log, 5, 4);
        (await _case.OffsetBeforeAsync(log, 5)).ShouldBe(3);
        (await _case.OffsetBeforeAsync(log, 31)).ShouldBe(4);
    }

    [Fact]
    public async Task The_oldest_message_of_every_log_that_keeps_one_is_found_page_by_page()
    {
        var logs = new List<LogId>();
        for (var i = 0; i < 5; i++)
        {
            logs.Add((await _case.OpenAsync($"chat:{i}")).Log);
            await _case.Append(new AppendRequest(logs[i], 0, [_case.Message(1, "x") with { At = 100 + i }, _case.Message(2, "y") with { At = 200 + i }], []));
        }

        await _case.OpenAsync("chat:empty");
        await _case.Trim(logs[1], 2, 2);
        await _case.Trim(logs[3], 2, 3);

        var first = await _case.OldestAsync(default, 3);
        var rest = await _case.OldestAsync(first[^1].Log, 3);

        first.Concat(rest).Select(oldest => (oldest.Log, oldest.Channel.Value, oldest.At)).ShouldBe(
            [(logs[0], "chat:0", 100L), (logs[1], "chat:1", 201L), (logs[2], "chat:2", 102L), (logs[4], "chat:4", 104L)]);
        (await _case.OldestAsync(rest[^1].Log, 3)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Producers_marks_survive_reopening_and_go_round_their_slots()
    {
        var log = (await _case.OpenAsync("chat:a")).Log;
        const int Count = ProducerMark.Slots + 10;
        for (var i = 0; i < Count; i++)
        {
            await _case.Append(new AppendRequest(log, i, [_case.Message(i + 1, "x")], [_case.Mark("p", i, 1000 + i, i + 1)]));
        }

        await _case.Append(new AppendRequest(log, Count, [], [_case.Mark("o", 0, 1, Count)]));
        await _case.ReopenAsync();

        var producers = (await _case.OpenAsync("chat:a")).Producers;
        producers[0].ShouldBe(_case.Mark("o", 0, 1, Count));
        producers.Skip(1).Select(mark => mark.Slot).ShouldBe(Enumerable.Range(0, ProducerMark.Slots));
        producers.Skip(1).OrderBy(mark => mark.Count).ShouldBe(
            Enumerable.Range(10, ProducerMark.Slots).Select(i => _case.Mark("p", i, 1000 + i, i + 1)));
    }

    [Fact]
    public async Task Marks_older_than_the_window_are_forgotten()
    {
        var log = (await _case.OpenAsync("chat:a")).Log;
        await _case.Append(new AppendRequest(log, 0, [], [_case.Mark("p", 0, 1, 0), _case.Mark("old", 0, 1, 0)]));
        _case.Clock.Advance(TimeSpan.FromSeconds(400));
        var young = _case.Mark("p", 1, 2, 0);
        await _case.Append(new AppendRequest(log, 0, [], [young]));
        (await _case.OpenAsync("chat:a")).Producers.Count.ShouldBe(3);

        _case.Clock.Advance(TimeSpan.FromSeconds(201));

        (await _case.OpenAsync("chat:a")).Producers.ShouldBe([young]);
    }

    [Fact]
    public async Task Readers_see_bounds_and_messages_of_one_moment()
    {
        const int Kept = 10;
        const int Appends = 2_000;
        var log = (await _case.OpenAsync("chat:a")).Log;
        var done = new TaskCompletionSource<bool>();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            var reads = 0;
            while (!done.Task.IsCompleted || reads == 0)
            {
                var slice = await _case.ReadAsync(log);
                slice.Messages.Select(message => message.Offset).ShouldBe(Range(slice.Tail, slice.Head));
                slice.Messages.Count.ShouldBeLessThanOrEqualTo(Kept);
                reads++;
            }
        })).ToArray();

        var last = Task.FromResult(WriteOutcome.Committed);
        for (var i = 0; i < Appends; i++)
        {
            last = _case.Append(new AppendRequest(log, i, [_case.Message(i + 1, "x")], [], Math.Max(1, i + 2 - Kept)));
        }

        (await last).ShouldBe(WriteOutcome.Committed);
        done.SetResult(true);
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task There_is_nothing_to_read_in_a_log_that_does_not_exist()
    {
        await Should.ThrowAsync<ArgumentException>(async () => await _case.ReadAsync(new LogId(4711)));
        await Should.ThrowAsync<ArgumentException>(async () => await _case.HeadAsync(new LogId(0)));
        await Should.ThrowAsync<ArgumentException>(async () => await _case.OffsetBeforeAsync(new LogId(-1), 5));
    }

    private static IEnumerable<long> Range(long from, long to)
    {
        for (var i = from; i <= to; i++)
        {
            yield return i;
        }
    }
}
