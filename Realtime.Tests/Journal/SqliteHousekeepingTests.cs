using Realtime.Cluster.Journal;

namespace Realtime.Tests.Journal;

/// <summary>Rows nobody reads any more are deleted, in steps, and no others.</summary>
public sealed class SqliteHousekeepingTests : IAsyncLifetime
{
    private const int Many = 3_000;
    private readonly SqliteStoreCase _case = new();

    public async ValueTask InitializeAsync() => await _case.StartAsync();

    public ValueTask DisposeAsync() => _case.DisposeAsync();

    [Fact]
    public async Task Trimmed_messages_go_in_steps()
    {
        var log = (await _case.OpenAsync("chat:a")).Log;
        var other = (await _case.OpenAsync("chat:b")).Log;
        await _case.Append(log, 0, [.. Enumerable.Range(1, Many).Select(i => $"{i}")]);
        await _case.Append(other, 0, "1", "2", "3");

        // The writer is held, so what is counted below is what the trim's own commit deleted.
        Task<WriteOutcome> trim;
        Task<IDisposable> held;
        using (await _case.HoldAsync())
        {
            trim = _case.Trim(log, Many, Many - 1);
            held = HeldWriter.HoldAsync(_case.Store).ContinueWith<IDisposable>(hold => hold.Result, TaskScheduler.Default);
        }

        await trim;
        using (await held)
        {
            Rows().ShouldBeInRange(Many - 600, Many - 100);
            (await _case.ReadAsync(log)).Messages.Select(message => message.Offset).ShouldBe([Many - 1, Many]);
        }

        await Deadline.Until(() => Rows() == 2 + 3, "the trimmed messages to be deleted");
        StoreCase.Texts(await _case.ReadAsync(other)).ShouldBe(["1", "2", "3"]);
        (await _case.HeadAsync(log)).Tail.ShouldBe(Many - 1);
    }

    [Fact]
    public async Task What_a_killed_process_left_below_the_tail_is_deleted_by_the_next_one()
    {
        var log = (await _case.OpenAsync("chat:a")).Log;
        await _case.Append(log, 0, [.. Enumerable.Range(1, Many).Select(i => $"{i}")]);
        await _case.Store.DisposeAsync();
        using (var database = Realtime.Cluster.Journal.Sqlite.SqliteDatabase.Open(_case.File))
        {
            database.Execute($"UPDATE log SET tail = {Many}");
        }

        await _case.StartAsync();

        await Deadline.Until(() => Rows() == 1, "the rest of the trimmed messages to be deleted");
        StoreCase.Texts(await _case.ReadAsync(log)).ShouldBe([$"{Many}"]);
    }

    [Fact]
    public async Task Expired_marks_are_deleted_and_young_ones_kept()
    {
        var log = (await _case.OpenAsync("chat:a")).Log;
        for (var producer = 0; producer < 10; producer++)
        {
            ProducerMark[] marks = [.. Enumerable.Range(0, 200).Select(i => _case.Mark($"p{producer}", i, i, 0))];
            await _case.Append(new AppendRequest(log, 0, [], marks));
        }

        _case.Clock.Advance(TimeSpan.FromSeconds(590));
        await _case.Append(new AppendRequest(log, 0, [], [_case.Mark("p3", 200, 200, 0), _case.Mark("young", 0, 1, 0)]));

        // A round that is under way when the marks expire has passed some of them already: those are the next round's, so time goes on, but
        // not for so long that the young ones expire.
        var rest = 500;
        await Deadline.Until(
            () =>
            {
                if (rest > 0)
                {
                    _case.Clock.Advance(TimeSpan.FromSeconds(20));
                    rest -= 20;
                }

                return _case.Count("SELECT count(*) FROM producer") <= 2;
            },
            "the old marks to be deleted");
        await _case.ReopenAsync();
        (await _case.OpenAsync("chat:a")).Producers.Select(mark => mark.Count).ShouldBe([200, 0]);
    }

    private long Rows() => _case.Count("SELECT count(*) FROM journal");
}
