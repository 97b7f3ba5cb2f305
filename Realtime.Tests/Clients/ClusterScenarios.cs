using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients;

/// <summary>What every client has to manage on a cluster whose nodes stop and are killed. A client's test class only says how a client is made.</summary>
public abstract class ClusterScenarios : IAsyncLifetime
{
    private const string Room = "chat:cluster";

    /// <summary>Until the others have taken over what a killed node held, on a machine that is busy.</summary>
    private static readonly TimeSpan Takeover = TimeSpan.FromSeconds(90);

    private readonly ScenarioCluster _cluster = new();
    private readonly List<IClientDriver> _clients = [];

    /// <summary>What this client needs and this machine does not have, in words; null when it has everything.</summary>
    protected virtual string? Missing => null;

    public async ValueTask InitializeAsync()
    {
        Required.OrSkip(Missing);
        await _cluster.PrepareAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result is TestResult.Failed)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(_cluster.Output);
        }

        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await _cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_node_that_stops_costs_its_clients_no_break_no_message_and_no_order()
    {
        var (a, b) = (await _cluster.StartAsync("a"), await _cluster.StartAsync("b"));
        await _cluster.MeetAsync();
        var (reader, writer, witness) = (await ConnectAsync(a), await ConnectAsync(a), await ConnectAsync(b));
        await reader.SubscribeAsync(Room, "live").Within("the reader's subscription");
        await witness.SubscribeAsync(Room, "live").Within("the witness's subscription");
        Task[] broken = [reader.ReconnectedAsync(), writer.ReconnectedAsync(), witness.ReconnectedAsync()];

        var stopping = _cluster.StopAsync("a");
        var written = 0;
        while (!stopping.IsCompleted || written < 100)
        {
            await PublishAsync(writer, ++written);
        }

        await stopping;
        await PublishAsync(writer, ++written);

        await ShouldReadAsync(reader, written);
        await ShouldReadAsync(witness, written);
        broken.ShouldAllBe(reconnected => !reconnected.IsCompleted);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_clients_of_a_node_that_is_killed_go_on_at_another_one(int nodes)
    {
        var (a, b) = (await _cluster.StartAsync("a"), await _cluster.StartAsync("b"));
        if (nodes == 3)
        {
            await _cluster.StartAsync("c");
        }

        await _cluster.MeetAsync();
        var (reader, writer, witness) = (await ConnectAsync(a), await ConnectAsync(a), await ConnectAsync(b));
        await reader.SubscribeAsync(Room, "live").Within("the reader's subscription");
        await witness.SubscribeAsync(Room, "live").Within("the witness's subscription");
        foreach (var i in Enumerable.Range(1, 20))
        {
            await PublishAsync(writer, i);
        }

        var publishing = Enumerable.Range(21, 50).Select(i => writer.PublishAsync(Room, JsonSerializer.SerializeToElement(i))).ToList();
        await _cluster.KillAsync("a");
        publishing.AddRange(Enumerable.Range(71, 10).Select(i => writer.PublishAsync(Room, JsonSerializer.SerializeToElement(i))));

        await Task.WhenAll(publishing).WaitAsync(Takeover, TestContext.Current.CancellationToken);
        await ShouldReadAsync(reader, 80);
        await ShouldReadAsync(witness, 80);
    }

    /// <summary>A client that is not connected yet.</summary>
    protected abstract Task<IClientDriver> OpenAsync(Uri url);

    private static Task PublishAsync(IClientDriver client, int value) =>
        client.PublishAsync(Room, JsonSerializer.SerializeToElement(value)).WaitAsync(Takeover, TestContext.Current.CancellationToken);

    /// <summary>1, 2, 3 and so on: each once, in order, and nothing else.</summary>
    private static async Task ShouldReadAsync(IClientDriver client, int count)
    {
        for (var i = 1; i <= count;)
        {
            var next = await client.NextAsync(Room).WaitAsync(Takeover, TestContext.Current.CancellationToken);
            if (next.Type is "roster" or "joined" or "left" or "changed")
            {
                continue;
            }

            next.Type.ShouldBe("message", $"{next} came");
            next.Data!.Value.GetInt32().ShouldBe(i++);
        }
    }

    private async Task<IClientDriver> ConnectAsync(Uri node)
    {
        var client = await OpenAsync(node);
        _clients.Add(client);
        await client.ConnectAsync().Within("a client to be connected");
        return client;
    }
}
