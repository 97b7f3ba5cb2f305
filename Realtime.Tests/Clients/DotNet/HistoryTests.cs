using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>Subscriptions that begin with the past, and several of one channel, against a real node.</summary>
public sealed class HistoryTests(ScenarioServer server) : IClassFixture<ScenarioServer>, IAsyncLifetime
{
    private static int _rooms;

    private readonly string _number = $"past-{Interlocked.Increment(ref _rooms)}";
    private readonly List<IAsyncDisposable> _open = [];
    private RealtimeClient _writer = null!;

    private string Room => $"chat:{_number}";

    public async ValueTask InitializeAsync()
    {
        await server.StartAsync();
        _writer = Client();
    }

    public async ValueTask DisposeAsync()
    {
        _open.Reverse();
        foreach (var item in _open)
        {
            await item.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_comes_back_is_shown_the_last_messages_then_what_it_missed_then_live(bool subscribedFirst)
    {
        var memory = await ReadAndLeaveAsync(Room, read: 10);
        await PublishAsync(Room, 11, 12);

        var client = Client(memory);
        var options = new SubscribeOptions { History = 3 };
        var early = subscribedFirst ? client.Subscribe(Room, options) : null;
        await client.ConnectAsync(TestContext.Current.CancellationToken).Within("the client to be back");
        var reader = Reader(early ?? client.Subscribe(Room, options));

        (await ReadAsync(reader, 5)).ShouldBe([(8, true), (9, true), (10, true), (11, false), (12, false)]);
        await PublishAsync(Room, 13, 13);
        (await ReadAsync(reader, 1)).ShouldBe([(13, false)]);
    }

    [Fact]
    public async Task Everything_the_log_has_is_read_page_by_page()
    {
        var memory = await ReadAndLeaveAsync(Room, read: 250);
        await PublishAsync(Room, 251, 252);

        var client = Client(memory);
        var reader = Reader(client.Subscribe(Room, new SubscribeOptions { History = SubscribeHistory.All }));

        (await ReadAsync(reader, 252)).ShouldBe(Enumerable.Range(1, 252).Select(n => (n, n <= 250)));
        var all = await client.HistoryAllAsync(Room, new HistoryOptions { Limit = 100 }).Select(message => message.Data!.Value.GetInt32()).ToListAsync(TestContext.Current.CancellationToken);
        all.ShouldBe(Enumerable.Range(1, 252));
    }

    [Fact]
    public async Task The_last_messages_newest_first_are_no_more_than_that_in_pages_of_any_size()
    {
        await PublishAsync(Room, 1, 12);

        foreach (var limit in (int[])[2, 5, 7])
        {
            var last = await _writer.HistoryAllAsync(Room, new HistoryOptions { From = From.Last(5), Reverse = true, Limit = limit })
                .Select(message => message.Data!.Value.GetInt32()).ToListAsync(TestContext.Current.CancellationToken);
            last.ShouldBe([12, 11, 10, 9, 8], $"{limit} to a page");
        }
    }

    [Fact]
    public async Task Without_a_memory_the_server_is_asked_for_the_past_at_once()
    {
        await PublishAsync(Room, 1, 5);
        var reader = Reader(Client().Subscribe(Room, new SubscribeOptions { History = SubscribeHistory.Last(2) }));
        (await ReadAsync(reader, 2)).ShouldBe([(4, false), (5, false)]);
    }

    [Fact]
    public async Task What_was_trimmed_before_the_place_read_is_no_gap()
    {
        var shortRoom = $"short:{_number}";
        var memory = await ReadAndLeaveAsync(shortRoom, read: 30);
        var reader = Reader(Client(memory).Subscribe(shortRoom, new SubscribeOptions { History = SubscribeHistory.All }));
        await PublishAsync(shortRoom, 31, 31);

        var seen = new List<int>();
        while (seen.Count == 0 || seen[^1] != 31)
        {
            var next = await EventAsync(reader);
            next.ShouldNotBeOfType<ChannelEvent.Gap>();
            if (next is ChannelEvent.Message message)
            {
                seen.Add(message.Data!.Value.GetInt32());
            }
        }

        seen.ShouldBe(Enumerable.Range(seen[0], 31 - seen[0] + 1));
        seen.Count.ShouldBeLessThan(30);
    }

    [Fact]
    public async Task Each_subscription_of_a_channel_has_its_own_start_and_its_own_stream()
    {
        var client = Client();
        await PublishAsync(Room, 1, 3);
        var first = client.Subscribe(Room);
        await first.Ready.Within("the first subscription");
        var live = Reader(first);
        await PublishAsync(Room, 4, 5);

        // The history of a later one ends where this one stands; a publish may be answered before its message comes.
        (await ReadAsync(live, 2)).Select(read => read.Value).ShouldBe([4, 5]);
        var second = client.Subscribe(Room, new SubscribeOptions { From = From.Start });
        var third = client.Subscribe(Room, new SubscribeOptions { History = 2 });
        var fourth = client.Subscribe(Room, new SubscribeOptions { From = From.Live });
        await Task.WhenAll(second.Ready, third.Ready, fourth.Ready).Within("the others");
        var start = Reader(second);
        var last = Reader(third);
        var late = Reader(fourth);
        await PublishAsync(Room, 6, 6);

        (await ReadAsync(live, 1)).Select(read => read.Value).ShouldBe([6]);
        (await ReadAsync(start, 6)).Select(read => read.Value).ShouldBe([1, 2, 3, 4, 5, 6]);
        (await ReadAsync(last, 3)).Select(read => read.Value).TakeLast(1).ShouldBe([6]);
        (await ReadAsync(late, 1)).Select(read => read.Value).TakeLast(1).Single().ShouldBeOneOf(4, 5, 6);
        await second.UnsubscribeAsync().Within("the second to leave");
        await PublishAsync(Room, 7, 7);
        (await ReadAsync(live, 1)).Select(read => read.Value).ShouldBe([7]);
    }

    [Fact]
    public async Task A_subscription_that_is_not_read_does_not_hold_up_another_and_misses_nothing()
    {
        var client = Client(readAhead: 5);
        var idle = client.Subscribe(Room);
        var busy = client.Subscribe(Room);
        await Task.WhenAll(idle.Ready, busy.Ready).Within("both to stand");
        var reader = Reader(busy);
        for (var n = 1; n <= 40; n++)
        {
            await PublishAsync(Room, n, n);
            (await ReadAsync(reader, 1)).Single().Value.ShouldBe(n);
        }

        (await ReadAsync(Reader(idle), 40)).Select(read => read.Value).ShouldBe(Enumerable.Range(1, 40));
    }

    private RealtimeClient Client(ClientMemory? memory = null, int readAhead = 10_000)
    {
        var client = new RealtimeClient(new RealtimeClientOptions { Url = new Uri($"http://{server.Endpoint}"), Memory = memory, ReadAhead = readAhead });
        _open.Add(client);
        return client;
    }

    /// <summary>What a client remembers that has read so many messages of a room and is gone.</summary>
    private async Task<ClientMemory> ReadAndLeaveAsync(string room, int read)
    {
        await using var client = new RealtimeClient(new RealtimeClientOptions { Url = new Uri($"http://{server.Endpoint}") });
        await client.Subscribe(room).Ready.Within("the subscription");
        var last = await PublishAsync(room, 1, read);
        var memory = client.Export();
        return memory with { Positions = memory.Positions.SetItem(room, last.ToString()!) };
    }

    private async Task<Position?> PublishAsync(string room, int first, int last)
    {
        var published = await Task.WhenAll(Enumerable.Range(first, last - first + 1).Select(n => _writer.PublishAsync(room, n))).Within("the publishes");
        return published[^1];
    }

    private IAsyncEnumerator<ChannelEvent> Reader(RealtimeSubscription subscription)
    {
        var reader = subscription.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        _open.Add(reader);
        return reader;
    }

    private static async Task<ChannelEvent> EventAsync(IAsyncEnumerator<ChannelEvent> reader)
    {
        (await reader.MoveNextAsync().AsTask().Within("the next event")).ShouldBeTrue();
        return reader.Current;
    }

    private static async Task<List<(int Value, bool Replayed)>> ReadAsync(IAsyncEnumerator<ChannelEvent> reader, int count)
    {
        var read = new List<(int, bool)>();
        while (read.Count < count)
        {
            var next = await EventAsync(reader);
            next.ShouldNotBeOfType<ChannelEvent.Gap>();
            if (next is ChannelEvent.Message message)
            {
                read.Add((message.Data!.Value.GetInt32(), message.Replayed));
            }
        }

        return read;
    }
}
