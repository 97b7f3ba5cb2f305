using System.Text.Json;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>What the application hands over: taken as it is at the call, and refused there when it cannot be sent.</summary>
public sealed class ArgumentTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private ScriptedServer _server = null!;
    private RealtimeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync();
        _client = new RealtimeClient(new RealtimeClientOptions { Url = _server.Url, TimeProvider = _clock, Random = new Random(7) });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _client.DisposeAsync();
    }

    [Fact]
    public async Task A_value_that_cannot_be_written_as_json_fails_its_own_call_and_names_the_argument()
    {
        var cycle = new Cycle();
        cycle.Itself = cycle;
        JsonElement gone;
        using (var document = JsonDocument.Parse("{}"))
        {
            gone = document.RootElement;
        }

        (await RefusedAsync(() => _client.PublishAsync("chat:a", cycle))).ShouldContain("'data'");
        (await RefusedAsync(() => _client.PublishAsync("chat:a", new Throwing()))).ShouldContain("does not want to");
        (await RefusedAsync(() => _client.PublishAsync("chat:a", double.NaN))).ShouldContain("'data'");
        (await RefusedAsync(() => _client.PublishAsync("chat:a", 1, new PublishOptions { Tags = gone }))).ShouldContain("'Tags'");
        (await RefusedAsync(() => _client.CallAsync("m", cycle))).ShouldContain("'data'");
        (await RefusedAsync(() => _client.SetAsync("k", cycle))).ShouldContain("'value'");
        (await RefusedAsync(() => _client.UpdatePresenceAsync("chat:a", cycle))).ShouldContain("'presence'");
        (await RefusedAsync(() => _client.PublishAsync("chat:\ud800", 1))).ShouldContain("'channel'");
        Should.Throw<RealtimeException>(() => _client.Subscribe("chat:a", new SubscribeOptions { Presence = gone })).Message.ShouldContain("'Presence'");

        var publishing = _client.PublishAsync("chat:a", 2, cancellation: TestContext.Current.CancellationToken);
        var server = await _server.WelcomeAsync();
        var publish = await server.ExpectAsync("publish");
        (publish.GetProperty("data").GetInt32(), publish.GetProperty("seq").GetInt64()).ShouldBe((2, 1));
        await server.ReplyAsync(publish, "\"position\":\"k:1\"");
        await publishing.Within("the publish to be answered");
        server.Cut();
    }

    [Fact]
    public async Task A_value_nested_deeper_than_the_server_reads_is_refused_instead_of_costing_every_connection()
    {
        var connecting = _client.ConnectAsync(TestContext.Current.CancellationToken);
        var server = await _server.WelcomeAsync();
        await connecting.Within("the client to be connected");

        (await RefusedAsync(() => _client.PublishAsync("chat:a", Nested(32)))).ShouldContain("'data'");
        var publishing = _client.PublishAsync("chat:a", Nested(31), cancellation: TestContext.Current.CancellationToken);
        publishing.IsFaulted.ShouldBeFalse();

        // The whole frame may have 32 levels, of which it is one itself.
        var publish = await server.ExpectAsync("publish");
        JsonDocument.Parse(publish.GetRawText(), new JsonDocumentOptions { MaxDepth = 32 }).RootElement.ValueKind.ShouldBe(JsonValueKind.Object);
        server.Cut();
    }

    [Fact]
    public async Task An_object_changed_after_the_call_is_published_as_it_was()
    {
        var counter = new Dictionary<string, int>();
        var bytes = new byte[] { 0 };
        var publishing = new List<Task>();
        for (var i = 1; i <= 3; i++)
        {
            counter["n"] = i;
            publishing.Add(_client.PublishAsync("chat:a", counter, cancellation: TestContext.Current.CancellationToken));
            bytes[0] = (byte)i;
            publishing.Add(_client.PublishBytesAsync("chat:b", bytes, cancellation: TestContext.Current.CancellationToken));
        }

        var server = await _server.WelcomeAsync();

        for (var i = 1; i <= 3; i++)
        {
            (await server.ExpectAsync("publish")).GetProperty("data").GetProperty("n").GetInt32().ShouldBe(i);
            (await server.ExpectAsync("publish")).GetProperty("bytes").GetBytesFromBase64().ShouldBe([(byte)i]);
        }

        publishing.ShouldAllBe(task => !task.IsCompleted);
        server.Cut();
    }

    [Fact]
    public async Task A_presence_outlives_the_document_it_was_taken_from_over_reconnects()
    {
        using (var document = JsonDocument.Parse("""{"name":"Ann"}"""))
        {
            _client.Subscribe("chat:a", new SubscribeOptions { Presence = document.RootElement });
        }

        var server = await _server.WelcomeAsync();
        (await server.ExpectAsync("subscribe")).GetProperty("presence").GetProperty("name").GetString().ShouldBe("Ann");
        server.Cut();
        SpinWait.SpinUntil(() => _client.State == ClientState.Waiting, TimeSpan.FromSeconds(30)).ShouldBeTrue("the client to wait");
        _clock.Advance(TimeSpan.FromSeconds(2));
        var again = await _server.WelcomeAsync();
        (await again.ExpectAsync("subscribe")).GetProperty("presence").GetProperty("name").GetString().ShouldBe("Ann");
        again.Cut();
    }

    [Fact]
    public async Task A_state_that_names_a_key_twice_does_not_cost_the_connection()
    {
        var connecting = _client.ConnectAsync(TestContext.Current.CancellationToken);
        var server = await _server.AcceptAsync();
        var hello = await server.ExpectAsync("hello");
        await server.SendAsync(MachineDriver.WelcomeFrame(MachineDriver.Id(hello)).Replace("""{"k":1}""", """{"k":1,"k":2}""", StringComparison.Ordinal));

        await connecting.Within("the client to be connected");

        _client.SessionState["k"].GetInt32().ShouldBe(2);
        server.Cut();
    }

    private static async Task<string> RefusedAsync(Func<Task> call)
    {
        var fault = await Should.ThrowAsync<RealtimeException>(call);
        fault.Code.ShouldBe("bad_request");
        fault.Outcome.ShouldBe(Outcome.None);
        return fault.Message;
    }

    private static object? Nested(int depth) => depth == 0 ? null : new[] { Nested(depth - 1) };

    private sealed class Cycle
    {
        public Cycle? Itself { get; set; }
    }

    private sealed class Throwing
    {
        public int Value => throw new InvalidOperationException("This property does not want to.");
    }
}
