using Realtime.Messages.Ids;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Store;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>Channels' logs with the age of their oldest row, as a store finds them.</summary>
public abstract class KeptLogsSuite : IAsyncLifetime
{
    private EventStoreCase? _case;

    private EventStoreCase Case => _case ?? throw new InvalidOperationException("not started");

    private SqlKeptLogs Logs => new(Case.Store);

    public async ValueTask InitializeAsync()
    {
        _case = CreateCase();
        await _case.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Case.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Each_log_is_found_once_with_its_oldest_row_page_by_page_in_the_order_of_names()
    {
        foreach (var (name, place) in new[] { "chat:b", "Chat:z", "chat:a~", "chat:a", "chat:é" }.Select((name, place) => (name, place)))
        {
            await InsertAsync(name, 1, 1_000 + place);
            await InsertAsync(name, 2, 500);
            await InsertAsync(name, 10, 2_000);
        }

        var pages = new List<SweepPage<KeptLog, KeptLogCursor>>();
        KeptLogCursor? next = default(KeptLogCursor);
        while (next is { } after)
        {
            pages.Add(await Logs.ReadAsync(after, 2, TestContext.Current.CancellationToken));
            next = pages[^1].Next;
        }

        pages.Select(page => page.Entries.Count).ShouldBe([2, 2, 1]);
        pages.SelectMany(page => page.Entries).Select(log => (log.Channel.Value, log.OldestWritten.UtcTicks)).ShouldBe(
            [("Chat:z", 1_001), ("chat:a", 1_003), ("chat:a~", 1_002), ("chat:b", 1_000), ("chat:é", 1_004)]);
    }

    [Fact]
    public async Task A_log_of_which_only_the_number_is_left_is_passed_over()
    {
        await InsertAsync("chat:gone", 7, 1_000, isDeleted: true);
        await InsertAsync("chat:trimmed", 1, 1_000, isDeleted: true);
        await InsertAsync("chat:trimmed", 2, 3_000);

        var first = await Logs.ReadAsync(default, 1, TestContext.Current.CancellationToken);
        first.Entries.ShouldBeEmpty();
        (await Logs.ReadAsync(first.Next!.Value, 10, TestContext.Current.CancellationToken)).Entries.ShouldHaveSingleItem()
            .ShouldBe(new KeptLog(ChannelName.Parse("chat:trimmed"), new DateTimeOffset(3_000, TimeSpan.Zero)));
    }

    [Fact]
    public async Task Only_logs_of_channels_are_looked_at()
    {
        foreach (var id in new[] { EntityIds.LogOf(new SessionId(1)), EntityIds.KeysLog, "c-~zz", "c.", "d-x", "c" })
        {
            await Case.InsertAsync(id, 1);
        }

        var page = await Logs.ReadAsync(default, 10, TestContext.Current.CancellationToken);

        page.Entries.ShouldBeEmpty();
        page.Next.ShouldBeNull();
    }

    [Fact]
    public async Task It_does_not_wait_for_a_writer()
    {
        await InsertAsync("chat:a", 1, 1_000);
        await using var writer = await Case.HoldWritesAsync();

        (await Logs.ReadAsync(default, 10, TestContext.Current.CancellationToken).Within("the page")).Entries.Count.ShouldBe(1);
    }

    internal abstract EventStoreCase CreateCase();

    private Task InsertAsync(string channel, long number, long created, bool isDeleted = false) =>
        Case.InsertAsync(EntityIds.LogOf(ChannelName.Parse(channel)), number, created, isDeleted);
}
