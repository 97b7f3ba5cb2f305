using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted;

namespace Realtime.Tests.Journal;

/// <summary>What every session store must do. An implementation's class is a constructor.</summary>
public abstract class SessionStoreSuite : IAsyncLifetime
{
    private readonly StoreCase _case;

    internal SessionStoreSuite(StoreCase store) => _case = store;

    public async ValueTask InitializeAsync() => await _case.StartAsync();

    public ValueTask DisposeAsync() => _case.DisposeAsync();

    [Fact]
    public async Task A_session_comes_back_as_it_was_put()
    {
        var record = new SessionRecord { User = "alice", IdentityExpires = 17, Attach = 3 };
        record.Subscriptions.Add(new SubscriptionRecord { Channel = "chat:a", Epoch = ulong.MaxValue, Offset = 5, ByServer = true });
        record.State.Add("theme", new PayloadRecord { Bytes = Google.Protobuf.ByteString.CopyFromUtf8("\"dark\"") });
        (await _case.Put(new SessionWrite(Id(1), 0, record, null))).ShouldBe(WriteOutcome.Committed);
        await _case.ReopenAsync();

        (await _case.LoadAsync(Id(1))).ShouldBe(new StoredSession(record, 1, null));
        (await _case.LoadAsync(Id(2))).ShouldBeNull();
    }

    [Fact]
    public async Task Changing_a_record_after_it_was_written_or_read_changes_no_row()
    {
        var record = Record(1);
        await _case.Put(new SessionWrite(Id(1), 0, record, null));
        record.Attach = 99;
        (await _case.LoadAsync(Id(1)))!.Record.Attach = 98;

        (await _case.LoadAsync(Id(1)))!.Record.ShouldBe(Record(1));
    }

    [Fact]
    public async Task Every_write_compares_the_revision()
    {
        (await _case.Put(new SessionWrite(Id(1), 1, Record(0), null))).ShouldBe(WriteOutcome.Conflict);
        (await _case.Put(new SessionWrite(Id(1), 0, Record(1), null))).ShouldBe(WriteOutcome.Committed);
        (await _case.Put(new SessionWrite(Id(1), 0, Record(0), null))).ShouldBe(WriteOutcome.Conflict);
        (await _case.Put(new SessionWrite(Id(1), 2, Record(0), null))).ShouldBe(WriteOutcome.Conflict);
        (await _case.Put(new SessionWrite(Id(1), 1, Record(2), 5_000_000_000_000))).ShouldBe(WriteOutcome.Committed);
        (await _case.Put(new SessionWrite(Id(1), 1, Record(0), null))).ShouldBe(WriteOutcome.Conflict);

        (await _case.LoadAsync(Id(1))).ShouldBe(new StoredSession(Record(2), 2, 5_000_000_000_000));
    }

    [Fact]
    public async Task Deleting_compares_the_revision_too()
    {
        (await _case.Put(new SessionWrite(Id(1), 0, null, null))).ShouldBe(WriteOutcome.Committed);
        await _case.Put(new SessionWrite(Id(1), 0, Record(1), null));

        (await _case.Put(new SessionWrite(Id(1), 0, null, null))).ShouldBe(WriteOutcome.Conflict);
        (await _case.Put(new SessionWrite(Id(1), 2, null, null))).ShouldBe(WriteOutcome.Conflict);
        (await _case.LoadAsync(Id(1))).ShouldNotBeNull();
        (await _case.Put(new SessionWrite(Id(1), 1, null, null))).ShouldBe(WriteOutcome.Committed);
        (await _case.LoadAsync(Id(1))).ShouldBeNull();
        (await _case.Put(new SessionWrite(Id(1), 1, null, null))).ShouldBe(WriteOutcome.Conflict);
    }

    [Fact]
    public async Task Of_many_who_race_for_a_revision_one_wins()
    {
        for (var revision = 0; revision < 10; revision++)
        {
            var racers = Enumerable.Range(0, 8).Select(i => Task.Run(() => _case.Put(new SessionWrite(Id(1), revision, Record(i), null))));

            (await Task.WhenAll(racers)).Count(outcome => outcome == WriteOutcome.Committed).ShouldBe(1);
        }

        (await _case.LoadAsync(Id(1)))!.Revision.ShouldBe(10);
    }

    [Fact]
    public async Task A_session_is_gone_after_its_expiry_and_its_id_free_again()
    {
        await _case.Put(new SessionWrite(Id(1), 0, Record(1), _case.Clock.Now + 1_000));
        _case.Clock.Advance(TimeSpan.FromMilliseconds(1_000));
        (await _case.LoadAsync(Id(1))).ShouldNotBeNull();
        (await _case.Put(new SessionWrite(Id(1), 0, Record(2), null))).ShouldBe(WriteOutcome.Conflict);

        _case.Clock.Advance(TimeSpan.FromMilliseconds(1));

        (await _case.LoadAsync(Id(1))).ShouldBeNull();
        (await _case.Put(new SessionWrite(Id(1), 0, null, null))).ShouldBe(WriteOutcome.Committed);
        (await _case.Put(new SessionWrite(Id(1), 0, Record(2), null))).ShouldBe(WriteOutcome.Committed);
        (await _case.LoadAsync(Id(1))).ShouldBe(new StoredSession(Record(2), 1, null));
    }

    [Fact]
    public async Task A_sweep_takes_what_has_expired_up_to_its_limit()
    {
        for (var i = 1; i <= 10; i++)
        {
            await _case.Put(new SessionWrite(Id(i), 0, Record(i), i <= 6 ? _case.Clock.Now + i : null));
        }

        (await _case.SweepAsync(_case.Clock.Now + 1, 10)).ShouldBe(0);
        (await _case.SweepAsync(_case.Clock.Now + 6, 3)).ShouldBe(3);
        (await _case.SweepAsync(_case.Clock.Now + 6, 3)).ShouldBe(2);
        (await _case.SweepAsync(_case.Clock.Now + 6, 3)).ShouldBe(0);

        (await _case.LoadAsync(Id(6))).ShouldNotBeNull();
        (await _case.AttachedAsync(default, 100)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Attached_sessions_are_paged_by_id()
    {
        // From both ends of the number space: the order is that of unsigned numbers.
        SessionId[] ids = [Id(3), new(UInt128.MaxValue - 1), Id(1), new(UInt128.One << 127), new(UInt128.One << 64), Id(2)];
        foreach (var id in ids)
        {
            await _case.Put(new SessionWrite(id, 0, Record(1), null));
        }

        await _case.Put(new SessionWrite(Id(4), 0, Record(1), _case.Clock.Now));
        await _case.Put(new SessionWrite(Id(2), 1, Record(1), _case.Clock.Now));

        var pages = new List<SessionId>();
        SessionId after = default;
        while (await _case.AttachedAsync(after, 2) is { Count: > 0 } page)
        {
            page.Count.ShouldBeLessThanOrEqualTo(2);
            pages.AddRange(page);
            after = page[^1];
        }

        pages.ShouldBe([Id(1), Id(3), new(UInt128.One << 64), new(UInt128.One << 127), new(UInt128.MaxValue - 1)]);
    }

    private static SessionId Id(int number) => new((UInt128)number);

    private static SessionRecord Record(int attach) => new() { Attach = attach };
}
