using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Realtime.Client;
using Realtime.Client.Core;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>A link that moves bytes is alive; positions and pongs get through.</summary>
public sealed class LivenessTests
{
    [Fact]
    public void Bytes_of_a_message_that_is_not_whole_yet_keep_the_link()
    {
        var client = new MachineDriver();
        var link = client.Connect();

        for (var i = 0; i < 10; i++)
        {
            client.Advance(TimeSpan.FromSeconds(30));
            client.Post(new ClientInput.Progress(link));
        }

        client.State.ShouldBe(ClientState.Connected);
        client.Advance(TimeSpan.FromSeconds(35));
        client.State.ShouldNotBe(ClientState.Connected);
    }

    [Fact]
    public void A_welcome_under_way_is_waited_for_while_it_moves_but_not_for_ever()
    {
        var client = new MachineDriver();
        client.Post(new ClientInput.Connect());
        var link = client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link;
        client.Post(new ClientInput.LinkOpened(link));

        for (var i = 0; i < 6; i++)
        {
            client.Advance(TimeSpan.FromSeconds(9));
            client.Post(new ClientInput.Progress(link));
            client.Take<ClientEffect.CloseLink>().ShouldBeEmpty();
        }

        client.Advance(TimeSpan.FromSeconds(6));
        client.Take<ClientEffect.CloseLink>().ShouldHaveSingleItem().Link.ShouldBe(link);
    }

    [Fact]
    public async Task A_large_message_that_trickles_in_does_not_look_like_silence()
    {
        var clock = new ManualClock();
        await using var server = await ScriptedServer.StartAsync();
        await using var client = new RealtimeClient(new RealtimeClientOptions { Url = server.Url, TimeProvider = clock, Random = new Random(7) });
        var connecting = client.ConnectAsync(TestContext.Current.CancellationToken);
        var connection = await server.WelcomeAsync();
        await connecting.Within("the client to be connected");
        var reading = client.HistoryAsync("chat:a", cancellation: TestContext.Current.CancellationToken);
        var request = await connection.ExpectAsync("history");

        await connection.SendPartAsync($$"""{"type":"reply","id":{{MachineDriver.Id(request)}},"messages":[""");
        for (var i = 0; i < 4; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            await connection.SendPartAsync("   ");
            SpinWait.SpinUntil(() => clock.NextDue >= TimeSpan.FromSeconds(35), TimeSpan.FromSeconds(30)).ShouldBeTrue("the bytes to count");
        }

        await connection.SendAsync("""],"position":"k:0","head":"k:0","more":false}""");

        (await reading.Within("the page")).More.ShouldBeFalse();
        connection.Cut();
    }

    [Fact]
    public async Task A_pong_does_not_wait_behind_large_publishes()
    {
        var link = new SlowLink();
        await using var client = new RealtimeClient(new RealtimeClientOptions { Url = new Uri("http://node.test"), Connector = link });
        var connecting = client.ConnectAsync(TestContext.Current.CancellationToken);
        var hello = await link.SentAsync();
        link.Receive(MachineDriver.WelcomeFrame(MachineDriver.Id(hello)));
        await connecting.Within("the client to be connected");

        // The first is being sent, the others are queued, when the ping comes.
        _ = Enumerable.Range(1, 3).Select(n => client.PublishAsync("chat:a", n)).ToList();
        await link.StartedAsync();
        link.Receive("""{"type":"ping"}""");
        await link.HandledAsync(client);

        var types = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            types.Add((await link.SentAsync()).GetProperty("type").GetString()!);
        }

        types.ShouldBe(["publish", "pong", "publish", "publish"]);
    }

    [Fact]
    public void Positions_beyond_the_first_frame_follow_in_frames_of_their_own()
    {
        var positions = Enumerable.Range(1, 3000).ToDictionary(n => $"chat:{new string('ä', 80)}{n}", n => $"epoch:{n}");
        var client = new MachineDriver(new ClientMemory { Session = "token-1", Positions = System.Collections.Immutable.ImmutableDictionary.CreateRange(positions) });
        client.Post(new ClientInput.Connect());
        var link = client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link;
        client.Post(new ClientInput.LinkOpened(link));

        var frames = client.Sent(link);

        frames[0].GetProperty("type").GetString().ShouldBe("hello");
        frames.Skip(1).Select(frame => (frame.GetProperty("type").GetString(), frame.TryGetProperty("id", out _))).Distinct().ShouldBe([("positions", false)]);
        frames.SkipLast(1).ShouldAllBe(frame => frame.GetProperty("more").GetBoolean());
        frames[^1].TryGetProperty("more", out _).ShouldBeFalse();
        frames.ShouldAllBe(frame => Encoding.UTF8.GetByteCount(frame.GetRawText()) < 48 * 1024);
        var sent = frames.SelectMany(frame => frame.GetProperty("positions").EnumerateObject()).ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!);
        sent.OrderBy(pair => pair.Key, StringComparer.Ordinal).ShouldBe(positions.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Acknowledgements_of_many_channels_are_cut_into_frames_as_well()
    {
        var positions = Enumerable.Range(1, 3000).Select(n => KeyValuePair.Create($"chat:{n}", new Position("e", n))).ToList();

        var frames = Realtime.Client.Protocol.FrameWriter.Pong(positions).Select(frame => (frame.Length, JsonDocument.Parse(frame).RootElement)).ToList();

        frames.Count.ShouldBeGreaterThan(1);
        frames.ShouldAllBe(frame => frame.Length < 20 * 1024);
        frames.Sum(frame => (frame.Item2.TryGetProperty("ack", out var ack) ? ack : frame.Item2.GetProperty("positions")).EnumerateObject().Count()).ShouldBe(3000);
    }

    /// <summary>A link that takes a frame only when the test reads it.</summary>
    private sealed class SlowLink : ILinkConnector, ILink
    {
        private readonly Channel<ReadOnlyMemory<byte>> _up = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
        private readonly Channel<string> _down = Channel.CreateUnbounded<string>();
        private readonly SemaphoreSlim _room = new(0);
        private readonly SemaphoreSlim _started = new(0);

        public int? CloseCode => null;

        public Task<ILink> OpenAsync(Uri url, CancellationToken cancellation) => Task.FromResult<ILink>(this);

        public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation)
        {
            _started.Release();
            await _room.WaitAsync(cancellation);
            await _up.Writer.WriteAsync(frame, cancellation);
        }

        public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellation) =>
            Encoding.UTF8.GetBytes(await _down.Reader.ReadAsync(cancellation));

        public ValueTask CloseAsync(int code, CancellationToken cancellation)
        {
            _down.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            _room.Release(1000);
            _down.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public void Receive(string json) => _down.Writer.TryWrite(json);

        /// <summary>Ends when the client has begun to send one more frame.</summary>
        public Task StartedAsync() => _started.WaitAsync(TestContext.Current.CancellationToken).Within("a frame to be begun");

        public async Task<JsonElement> SentAsync()
        {
            if (_started.CurrentCount > 0)
            {
                await _started.WaitAsync();
            }

            _room.Release();
            return JsonDocument.Parse(await _up.Reader.ReadAsync().AsTask().Within("a frame")).RootElement;
        }

        /// <summary>Ends when the client has seen everything received so far: an error without an id is raised as an event.</summary>
        public async Task HandledAsync(RealtimeClient client)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            client.ErrorReceived += error => _ = error.Message.Contains("later", StringComparison.Ordinal) && seen.TrySetResult();
            Receive("""{"type":"error","code":"unavailable","message":"later"}""");
            await seen.Task.Within("the client to have handled what came");
        }
    }
}
