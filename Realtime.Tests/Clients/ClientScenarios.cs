using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients;

/// <summary>
/// What every client has to manage, in whatever language it is written, against a real server over a network that breaks.
/// A client's test class only says how a client and the server are made.
/// </summary>
public abstract class ClientScenarios : IAsyncLifetime
{
    private readonly List<IClientDriver> _clients = [];
    private IScenarioServer _server = null!;
    private TcpProxy _network = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StartServerAsync();
        _network = new TcpProxy(_server.Endpoint);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await _network.DisposeAsync();
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Two_clients_talk()
    {
        var ann = await ConnectAsync(Direct);
        var bob = await ConnectAsync(Direct);
        await ann.SubscribeAsync("chat:room", "live");
        await bob.SubscribeAsync("chat:room", "live");

        var position = await ann.PublishAsync("chat:room", Json(1)).Within("the publish to be answered");

        foreach (var client in new[] { ann, bob })
        {
            var message = await Next(client, "chat:room");
            message.Type.ShouldBe("message");
            message.Position.ShouldBe(position);
            message.Data!.Value.GetInt32().ShouldBe(1);
        }

        (await ann.HistoryAsync("chat:room")).Select(data => data.GetInt32()).ShouldBe([1]);
    }

    [Fact]
    public async Task What_was_published_during_a_cut_comes_once_and_in_order_after_it()
    {
        var reader = await ConnectAsync(Network);
        var writer = await ConnectAsync(Direct);
        await reader.SubscribeAsync("chat:room", "live");
        await PublishAsync(writer, "chat:room", 1, 5);
        _network.Cut();
        await PublishAsync(writer, "chat:room", 6, 10);

        _network.Heal();
        await reader.ReconnectedAsync().Within("the reader to come back");
        await PublishAsync(writer, "chat:room", 11, 12);

        (await ReadAsync(reader, "chat:room", 12)).ShouldBe(Enumerable.Range(1, 12));
    }

    [Fact]
    public async Task What_was_under_way_during_a_cut_is_stored_once_and_in_order()
    {
        var writer = await ConnectAsync(Network);
        var publishing = new List<Task<string?>>();
        for (var i = 1; i <= 200; i++)
        {
            publishing.Add(writer.PublishAsync("chat:room", Json(i)));
            if (i % 50 == 0)
            {
                _network.Cut();
                _network.Heal();
            }
        }

        await Task.WhenAll(publishing).Within("every publish to be answered");

        var reader = await ConnectAsync(Direct);
        await reader.SubscribeAsync("chat:room", "start");
        (await ReadAsync(reader, "chat:room", 200)).ShouldBe(Enumerable.Range(1, 200));
        await reader.PublishAsync("chat:room", Json(-1));
        (await Next(reader, "chat:room")).Data!.Value.GetInt32().ShouldBe(-1);
    }

    [Fact]
    public async Task A_killed_server_loses_nothing_it_has_acknowledged()
    {
        var reader = await ConnectAsync(Direct);
        var writer = await ConnectAsync(Direct);
        await reader.SubscribeAsync("chat:room", "live");
        await PublishAsync(writer, "chat:room", 1, 20);

        await _server.RestartAsync();
        await reader.ReconnectedAsync().Within("the reader to come back");
        await PublishAsync(writer, "chat:room", 21, 25);

        (await ReadAsync(reader, "chat:room", 25)).ShouldBe(Enumerable.Range(1, 25));
    }

    [Fact]
    public async Task Where_history_no_longer_reaches_back_a_gap_says_so()
    {
        var reader = await ConnectAsync(Network);
        var writer = await ConnectAsync(Direct);
        await reader.SubscribeAsync("short:room", "live");
        await PublishAsync(writer, "short:room", 1, 1);
        (await ReadAsync(reader, "short:room", 1)).ShouldBe([1]);
        _network.Cut();
        await PublishAsync(writer, "short:room", 2, 30);

        _network.Heal();

        var gap = await Next(reader, "short:room");
        gap.Type.ShouldBe("gap");
        gap.Reason.ShouldBe("trimmed");
        var first = (await Next(reader, "short:room")).Data!.Value.GetInt32();
        (await ReadAsync(reader, "short:room", 30 - first)).ShouldBe(Enumerable.Range(first + 1, 30 - first));
        first.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task Presence_does_not_flicker_on_a_short_cut()
    {
        var watcher = await ConnectAsync(Direct);
        await watcher.SubscribeAsync("chat:room", "live");
        var guest = await ConnectAsync(Network);
        await guest.SubscribeAsync("chat:room", "live", Json("guest"));
        (await Next(watcher, "chat:room")).Type.ShouldBe("joined");

        _network.Cut();
        _network.Heal();
        await guest.ReconnectedAsync().Within("the guest to come back");
        await guest.PublishAsync("chat:room", Json(1));

        (await Next(watcher, "chat:room")).Type.ShouldBe("message");
        (await watcher.PresenceAsync("chat:room")).Select(data => data.GetString()).ShouldBe(["guest"]);
    }

    [Fact]
    public async Task Session_state_and_subscriptions_come_back_in_another_client_with_the_memory()
    {
        var first = await ConnectAsync(Direct);
        await first.SubscribeAsync("chat:room", "live");
        await first.SetAsync("theme", Json("dark"));
        await first.PublishAsync("chat:room", Json(1));
        await first.PublishAsync("chat:room", Json(2));
        (await ReadAsync(first, "chat:room", 2)).ShouldBe([1, 2]);

        var second = await first.SuccessorAsync();
        _clients.Add(second);
        await second.ConnectAsync().Within("the successor to be connected");
        await second.SubscribeAsync("chat:room", "live");

        (await second.StateAsync("theme"))!.Value.GetString().ShouldBe("dark");
        (await first.ClosedAsync().Within("the first client to be told")).ShouldBe("superseded");
        await second.PublishAsync("chat:room", Json(3));
        DriverEvent next;
        do
        {
            next = await Next(second, "chat:room");
        }
        while (next.Data!.Value.GetInt32() == 2);
        next.Data.Value.GetInt32().ShouldBe(3);
    }

    /// <summary>A server of its own for each scenario.</summary>
    protected abstract Task<IScenarioServer> StartServerAsync();

    /// <summary>A client that is not connected yet.</summary>
    protected abstract Task<IClientDriver> OpenAsync(Uri url);

    private Uri Direct() => new($"http://{_server.Endpoint}");

    private Uri Network() => new($"http://{_network.Endpoint}");

    private static JsonElement Json<T>(T value) => JsonSerializer.SerializeToElement(value);

    private static Task<DriverEvent> Next(IClientDriver client, string channel) =>
        client.NextAsync(channel).Within($"the next event of {channel}");

    private static async Task<List<int>> ReadAsync(IClientDriver client, string channel, int count)
    {
        var values = new List<int>();
        while (values.Count < count)
        {
            var next = await Next(client, channel);
            next.Type.ShouldBe("message");
            values.Add(next.Data!.Value.GetInt32());
        }

        return values;
    }

    private static async Task PublishAsync(IClientDriver client, string channel, int first, int last)
    {
        for (var i = first; i <= last; i++)
        {
            await client.PublishAsync(channel, Json(i)).Within($"publish {i} to be answered");
        }
    }

    private async Task<IClientDriver> ConnectAsync(Func<Uri> url)
    {
        var client = await OpenAsync(url());
        _clients.Add(client);
        await client.ConnectAsync().Within("a client to be connected");
        return client;
    }
}
