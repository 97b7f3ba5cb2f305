using System.Globalization;
using System.Net;
using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients;

/// <summary>What every client scenario stands on: the server, a network that can be broken, and clients on either way to it.</summary>
public abstract class ScenarioStage(ScenarioServer server) : IAsyncLifetime
{
    private static int _scenarios;

    private readonly int _scenario = Interlocked.Increment(ref _scenarios);
    private readonly List<IClientDriver> _clients = [];
    private TcpProxy? _network;

    protected IScenarioServer Server => server;

    /// <summary>The way to the server for clients made by <see cref="FarAsync"/>.</summary>
    protected TcpProxy Network => _network!;

    /// <summary>What this client needs and this machine does not have, in words; null when it has everything.</summary>
    protected virtual string? Missing => null;

    public async ValueTask InitializeAsync()
    {
        Required.OrSkip(Missing);
        await server.StartAsync();
        _network = new TcpProxy(server.Endpoint);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result is TestResult.Failed)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(server.Output);
        }

        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        if (_network is not null)
        {
            await _network.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>A client that is not connected yet.</summary>
    protected abstract Task<IClientDriver> OpenAsync(Uri url);

    /// <summary>A channel of this scenario's own.</summary>
    protected string Channel(string name) => string.Create(CultureInfo.InvariantCulture, $"{name}:{_scenario}");

    /// <summary>A connected client whose network cannot be broken.</summary>
    protected Task<IClientDriver> NearAsync() => ConnectAsync(server.Endpoint);

    /// <summary>A connected client behind <see cref="Network"/>.</summary>
    protected Task<IClientDriver> FarAsync() => ConnectAsync(Network.Endpoint);

    protected async Task<IClientDriver> SuccessorAsync(IClientDriver client)
    {
        var successor = await client.SuccessorAsync().Within("a client to write down what it remembers");
        _clients.Add(successor);
        return successor;
    }

    protected static JsonElement Json<T>(T value) => JsonSerializer.SerializeToElement(value);

    /// <summary>The next event, other than the whole presence: that may be told at any time.</summary>
    protected static async Task<DriverEvent> NextAsync(IClientDriver client, string channel)
    {
        DriverEvent next;
        do
        {
            next = await client.NextAsync(channel).Within($"the next event of {channel}");
        }
        while (next.Type == "roster");
        return next;
    }

    /// <summary>The next event must be of this type.</summary>
    protected static async Task<DriverEvent> NextAsync(IClientDriver client, string channel, string type)
    {
        var next = await NextAsync(client, channel);
        next.Type.ShouldBe(type, $"{next} came");
        return next;
    }

    /// <param name="client">Who reads.</param>
    /// <param name="channel">What it reads.</param>
    /// <param name="count">How many messages.</param>
    /// <param name="besides">Types of events that may come between them.</param>
    protected static async Task<IReadOnlyList<int>> ReadAsync(IClientDriver client, string channel, int count, params IReadOnlyList<string> besides)
    {
        var values = new List<int>();
        while (values.Count < count)
        {
            var next = await NextAsync(client, channel);
            if (!besides.Contains(next.Type))
            {
                next.Type.ShouldBe("message", $"{next} came");
                values.Add(next.Data!.Value.GetInt32());
            }
        }

        return values;
    }

    protected static async Task PublishAsync(IClientDriver client, string channel, int first, int last)
    {
        for (var i = first; i <= last; i++)
        {
            await client.PublishAsync(channel, Json(i)).Within($"publish {i} to be answered");
        }
    }

    protected static IEnumerable<int> Numbers(int first, int last) => Enumerable.Range(first, last - first + 1);

    protected async Task<IClientDriver> ConnectAsync(IPEndPoint server)
    {
        var client = await OpenAsync(new Uri($"http://{server}"));
        _clients.Add(client);
        await client.ConnectAsync().Within("a client to be connected");
        return client;
    }
}
