using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Sqlite;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Journal;

/// <summary>A write-ahead log that lost its end, or has rubbish in it, gives whole transactions up to there and no others.</summary>
public sealed class SqliteTornFileTests : IAsyncLifetime
{
    private const int Base = 30;
    private const int Torn = 60;
    private readonly SqliteStoreCase _case = new();
    private byte[] _database = [];
    private byte[] _wal = [];

    public async ValueTask InitializeAsync()
    {
        await _case.StartAsync();
        await AppendAsync(0, Base);
        await _case.ReopenAsync();
        await AppendAsync(Base, Torn);

        // The files as a crash at this moment would leave them.
        _database = await ReadSharedAsync(_case.File);
        _wal = await ReadSharedAsync(_case.File + "-wal");
        _wal.Length.ShouldBeGreaterThan(4096 * 10, "the appends must be in the write-ahead log");
    }

    public ValueTask DisposeAsync() => _case.DisposeAsync();

    [Fact]
    public async Task A_log_cut_anywhere_gives_a_contiguous_prefix()
    {
        var random = new Random(7);
        var heads = new List<long>();
        foreach (var length in Enumerable.Range(0, 40).Select(_ => random.Next(_wal.Length)).Append(0).Append(31).Append(_wal.Length).Order())
        {
            heads.Add(await HeadOfAsync(_wal[..length], $"cut to {length} bytes"));
        }

        heads.ShouldBeInOrder(SortDirection.Ascending, "a longer log holds no fewer messages");
        heads[0].ShouldBe(Base * 2);
        heads[^1].ShouldBe((Base + Torn) * 2);
        heads.Distinct().Count().ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_log_with_flipped_bytes_gives_a_contiguous_prefix()
    {
        var random = new Random(8);
        for (var i = 0; i < 30; i++)
        {
            var wal = _wal.ToArray();
            var at = random.Next(32, wal.Length);
            wal[at] ^= 0x40;
            await HeadOfAsync(wal, $"byte {at} flipped");
        }
    }

    private async Task<long> HeadOfAsync(byte[] wal, string what)
    {
        var file = _case.Other($"torn-{Guid.CreateVersion7()}.db");
        await File.WriteAllBytesAsync(file, _database, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(file + "-wal", wal, TestContext.Current.CancellationToken);
        await using var store = new SqliteStore(new SqliteStoreOptions(file), _case.Clock);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        var log = await store.OpenAsync(ChannelName.Parse("chat:a"), null, TestContext.Current.CancellationToken);

        log.Head.ShouldBeInRange(Base * 2, (Base + Torn) * 2, what);
        (log.Head % 2).ShouldBe(0, $"half an append: {what}");
        var slice = await store.ReadAsync(log.Log, 0, int.MaxValue, int.MaxValue, TestContext.Current.CancellationToken);
        StoreCase.Texts(slice).ShouldBe(Enumerable.Range(1, (int)log.Head).Select(Text), what);
        log.Producers.ShouldHaveSingleItem().Offset.ShouldBe(log.Head, what);
        return log.Head;
    }

    private async Task AppendAsync(int from, int count)
    {
        var log = (await _case.OpenAsync("chat:a")).Log;
        for (var i = from; i < from + count; i++)
        {
            var head = i * 2;
            var request = new AppendRequest(
                log, head, [_case.Message(head + 1, Text(head + 1)), _case.Message(head + 2, Text(head + 2))], [_case.Mark("p", 0, i, head + 2)]);
            (await _case.Append(request)).ShouldBe(WriteOutcome.Committed);
        }
    }

    private static string Text(int offset) => new((char)('a' + (offset % 26)), offset * 7);

    private static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
        return bytes;
    }
}
