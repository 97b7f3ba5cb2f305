using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Sqlite;

namespace Realtime.Tests.Journal;

/// <summary>Opening a file that is there, in use, damaged, of another version or of somebody else.</summary>
public sealed class SqliteOpeningTests : IAsyncDisposable
{
    private readonly SqliteStoreCase _case = new();

    public ValueTask DisposeAsync() => _case.DisposeAsync();

    [Fact]
    public async Task Everything_is_there_after_closing_and_opening()
    {
        await _case.StartAsync();
        var first = _case.Identity;
        var log = await _case.OpenAsync("chat:a");
        await _case.Append(log.Log, 0, "1", "2", "3");
        await _case.Trim(log.Log, 3, 2);

        await _case.ReopenAsync();

        _case.Identity.StoreId.ShouldBe(first.StoreId);
        _case.Identity.StoreEpoch.ShouldBe(first.StoreEpoch);
        _case.Identity.TokenKeys.ShouldHaveSingleItem().Value.ShouldBe(first.TokenKeys[1]);
        first.TokenKeys[1].Length.ShouldBe(32);
        var reopened = await _case.OpenAsync("chat:a");
        reopened.ShouldBe(log with { Head = 3, Tail = 2, Bytes = 130, Producers = reopened.Producers });
        StoreCase.Texts(await _case.ReadAsync(log.Log)).ShouldBe(["2", "3"]);
    }

    [Fact]
    public async Task Two_stores_have_different_identities_keys_and_epochs()
    {
        await _case.StartAsync();
        await using var other = new SqliteStoreCase();
        await other.StartAsync();

        other.Identity.StoreId.ShouldNotBe(_case.Identity.StoreId);
        other.Identity.TokenKeys[1].ShouldNotBe(_case.Identity.TokenKeys[1]);
        (await other.OpenAsync("chat:a")).Epoch.ShouldNotBe((await _case.OpenAsync("chat:a")).Epoch);
    }

    [Fact]
    public async Task What_waits_is_written_before_the_store_closes_and_what_comes_later_is_refused()
    {
        await _case.StartAsync();
        var log = (await _case.OpenAsync("chat:a")).Log;
        var held = await _case.HoldAsync();
        var waiting = Enumerable.Range(0, 100).Select(i => _case.Append(log, i, $"{i}")).ToArray();
        var closing = _case.Store.DisposeAsync().AsTask();
        await Deadline.Until(() => _case.Append(log, 0, "late") is { IsCompletedSuccessfully: true, Result: WriteOutcome.Unavailable }, "the store to refuse writes");
        held.Dispose();
        await closing;

        (await Task.WhenAll(waiting)).ShouldAllBe(outcome => outcome == WriteOutcome.Committed);
        await Should.ThrowAsync<StoreUnavailableException>(async () => await _case.HeadAsync(log));
        await _case.StartAsync();
        (await _case.HeadAsync(log)).Head.ShouldBe(100);
    }

    [Fact]
    public async Task A_file_in_use_is_refused_until_it_is_closed()
    {
        await _case.StartAsync();
        await using (var second = new SqliteStore(_case.Options, _case.Clock))
        {
            var fault = await Fault(second);

            fault.Fault.ShouldBe(StoreFault.InUse);
            fault.Message.ShouldContain(_case.File);
        }

        await _case.ReopenAsync();
    }

    [Fact]
    public async Task A_file_that_another_program_has_locked_is_in_use()
    {
        await _case.StartAsync();
        await _case.Store.DisposeAsync();
        using var other = SqliteDatabase.Open(_case.File);
        other.Execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; UPDATE cluster SET fence = fence + 1");

        await using var store = new SqliteStore(_case.Options with { BusyTimeout = TimeSpan.Zero }, _case.Clock);
        (await Fault(store)).Fault.ShouldBe(StoreFault.InUse);
    }

    [Fact]
    public async Task A_path_that_cannot_be_a_file_cannot_be_opened()
    {
        Directory.CreateDirectory(_case.File);
        await using var directory = new SqliteStore(_case.Options, _case.Clock);
        (await Fault(directory)).Fault.ShouldBe(StoreFault.CannotOpen);

        var blocked = _case.Other("file");
        await File.WriteAllTextAsync(blocked, "x", TestContext.Current.CancellationToken);
        await using var below = new SqliteStore(new SqliteStoreOptions(Path.Combine(blocked, "deeper", "realtime.db")), _case.Clock);
        var fault = await Fault(below);
        fault.Fault.ShouldBe(StoreFault.CannotOpen);
        fault.Message.ShouldContain(blocked);
    }

    [Theory]
    [InlineData("overwritten header")]
    [InlineData("text")]
    [InlineData("three bytes")]
    [InlineData("overwritten pages")]
    [InlineData("overwritten page in the middle")]
    [InlineData("cut in half")]
    [InlineData("emptied, log left")]
    [InlineData("missing, log left")]
    [InlineData("no identity")]
    [InlineData("no table")]
    public async Task A_damaged_file_is_named_and_left_alone(string damage)
    {
        await _case.StartAsync();
        var log = (await _case.OpenAsync("chat:a")).Log;
        await _case.Append(log, 0, [.. Enumerable.Range(0, 200).Select(i => new string('x', 500))]);
        await _case.Store.DisposeAsync();
        Damage(damage);
        var before = File.Exists(_case.File) ? await File.ReadAllBytesAsync(_case.File, TestContext.Current.CancellationToken) : [];

        await using var store = new SqliteStore(_case.Options, _case.Clock);
        var fault = await Fault(store);

        fault.Fault.ShouldBe(StoreFault.Corrupt, fault.ToString());
        fault.Message.ShouldContain(_case.File);
        fault.Message.ShouldContain("backup");
        (File.Exists(_case.File) ? await File.ReadAllBytesAsync(_case.File, TestContext.Current.CancellationToken) : []).ShouldBe(before);
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused()
    {
        await _case.StartAsync();
        await _case.Store.DisposeAsync();
        Sql($"PRAGMA user_version = {SqliteSchema.Version + 1}");

        await using var store = new SqliteStore(_case.Options, _case.Clock);
        var fault = await Fault(store);

        fault.Fault.ShouldBe(StoreFault.NewerVersion);
        fault.Message.ShouldContain($"{SqliteSchema.Version + 1}");
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_case.File)!);
        Sql("CREATE TABLE theirs (x)");

        await using var store = new SqliteStore(_case.Options, _case.Clock);
        (await Fault(store)).Fault.ShouldBe(StoreFault.CannotOpen);
    }

    [Fact]
    public async Task A_file_of_version_1_is_upgraded_and_keeps_its_logs()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_case.File)!);
        Sql(SchemaVersion1.Sql);

        await _case.StartAsync();

        _case.Count("PRAGMA user_version").ShouldBe(SqliteSchema.Version);
        _case.Identity.TokenKeys.Keys.ShouldBe([(byte)1, (byte)7]);
        var log = await _case.OpenAsync("chat:old");
        (log.Head, log.Tail, log.Bytes).ShouldBe((3, 2, 130));
        StoreCase.Texts(await _case.ReadAsync(log.Log)).ShouldBe(["2", "3"]);
        (await _case.Append(log.Log, 3, "4")).ShouldBe(WriteOutcome.Committed);
        (await _case.Put(new SessionWrite(new(1), 0, new(), null))).ShouldBe(WriteOutcome.Committed);
    }

    [Fact]
    public void Wrong_options_are_reported_all_at_once()
    {
        var wrong = new SqliteStoreOptions(" ")
        {
            QueueItems = 0, QueueBytes = 0, BatchItems = 0, BatchBytes = 0, ProducerWindow = TimeSpan.Zero, Readers = 0, MaxBytes = 1,
            FullCheckBytes = -1, BusyTimeout = TimeSpan.FromSeconds(-1), Node = new("../a"),
        };

        wrong.Faults().Count.ShouldBe(11);
        Should.Throw<ArgumentException>(() => new SqliteStore(wrong, _case.Clock)).Message.ShouldContain(nameof(wrong.Readers));
        new SqliteStoreOptions("x").Faults().ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_else_may_read_the_token_keys()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        await _case.StartAsync();

        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_case.File)!))
        {
            if (!OperatingSystem.IsWindows())
            {
                (File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)).ShouldBe(UnixFileMode.None, file);
            }
        }
    }

    private static async Task<StoreFaultException> Fault(SqliteStore store) =>
        await Should.ThrowAsync<StoreFaultException>(async () => await store.OpenAsync(TestContext.Current.CancellationToken));

    private void Damage(string damage)
    {
        switch (damage)
        {
            case "overwritten header":
                Overwrite(0, 100);
                break;
            case "text":
                File.WriteAllText(_case.File, new string('#', 10_000));
                break;
            case "three bytes":
                File.WriteAllText(_case.File, "SQL");
                break;
            case "overwritten pages":
                Overwrite(3 * 4096, 30 * 4096);
                break;
            case "overwritten page in the middle":
                Overwrite(new FileInfo(_case.File).Length / 2 / 4096 * 4096, 4096);
                break;
            case "cut in half":
                using (var file = new FileStream(_case.File, FileMode.Open))
                {
                    file.SetLength(file.Length / 2 / 4096 * 4096);
                }

                break;
            case "emptied, log left":
                File.WriteAllBytes(_case.File, []);
                File.WriteAllText(_case.File + "-wal", "x");
                break;
            case "missing, log left":
                File.Delete(_case.File);
                File.WriteAllText(_case.File + "-wal", "x");
                break;
            case "no identity":
                Sql("DELETE FROM cluster; PRAGMA wal_checkpoint(TRUNCATE)");
                break;
            case "no table":
                Sql("DROP TABLE journal; PRAGMA wal_checkpoint(TRUNCATE)");
                break;
            default:
                throw new ArgumentException(damage, nameof(damage));
        }
    }

    private void Overwrite(long from, int count)
    {
        using var file = new FileStream(_case.File, FileMode.Open);
        file.Position = from;
        file.Write([.. Enumerable.Repeat((byte)0xa5, count)]);
    }

    private void Sql(string sql)
    {
        using var database = SqliteDatabase.Open(_case.File);
        database.Execute(sql);
    }
}
