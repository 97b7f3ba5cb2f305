using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace Realtime.Bench.Scenarios;

/// <summary>One address that opens sockets, asks and sends ten times as much as it may, and goes on when it is refused or closed.</summary>
internal sealed class Excess : IAsyncDisposable
{
    public const int Times = 10;
    public const int Handshakes = 20;
    public const int Requests = 500;
    public const int KiB = 256;

    private const string Address = "203.0.113.7";
    private const int Pool = 200;
    private const int BatchSize = 50;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly Uri _node;
    private readonly CancellationTokenSource _over = new();
    private readonly Task[] _running;
    private long _refused;
    private long _closed;

    private Excess(int port)
    {
        _node = new Uri(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{port}/v1/connect"));
        _running = [KnockAsync(), StaySilentAsync(), AskAsync(Small()), AskAsync(Large())];
    }

    /// <summary>What the node allows it: the load generator's other clients come from loopback, which has no limits of an address.</summary>
    public static Dictionary<string, string> Limits { get; } = new()
    {
        ["REALTIME__LIMITS__TRUSTEDPROXIES"] = "127.0.0.1",
        ["REALTIME__LIMITS__ADDRESS__SOCKETS"] = "100",
        ["REALTIME__LIMITS__ADDRESS__HANDSHAKES"] = Handshakes.ToString(CultureInfo.InvariantCulture),
        ["REALTIME__LIMITS__ADDRESS__HANDSHAKEBURST"] = "100",
        ["REALTIME__LIMITS__ADDRESS__REQUESTS"] = Requests.ToString(CultureInfo.InvariantCulture),
        ["REALTIME__LIMITS__ADDRESS__REQUESTBURST"] = Requests.ToString(CultureInfo.InvariantCulture),
        ["REALTIME__LIMITS__ADDRESS__BYTES"] = string.Create(CultureInfo.InvariantCulture, $"{KiB}KiB"),
        ["REALTIME__LIMITS__UNAUTHENTICATEDSOCKETS"] = Pool.ToString(CultureInfo.InvariantCulture),
    };

    public long RefusedHandshakes => Interlocked.Read(ref _refused);

    public long Closed => Interlocked.Read(ref _closed);

    public static Excess Begin(int port) => new(port);

    public async Task EndAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_running);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _over.Dispose();
    }

    private static byte[] Small() => Batch("""{"type":"unsubscribe","id":2,"channel":"benchmemory:none"}""");

    /// <summary>Few requests, and many bytes.</summary>
    private static byte[] Large() => Batch($$"""{"type":"unsubscribe","id":2,"channel":"benchmemory:none","x":"{{new string('x', Times * KiB * 1024 / 10 / BatchSize)}}"}""");

    private static byte[] Batch(string frame) => Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat(frame, BatchSize)) + "]");

    /// <summary>Opens and closes.</summary>
    private async Task KnockAsync()
    {
        using var tick = new PeriodicTimer(Tick);
        while (await NextAsync(tick))
        {
            await Task.WhenAll(Enumerable.Range(0, Times * Handshakes / 10).Select(async _ =>
            {
                using var socket = await OpenAsync();
                socket?.Abort();
            }));
        }
    }

    /// <summary>Opens, and says nothing until it is closed.</summary>
    private async Task StaySilentAsync()
    {
        using var tick = new PeriodicTimer(Tick);
        var open = new List<ClientWebSocket>();
        while (await NextAsync(tick))
        {
            if (open.Count < Times * Pool && await OpenAsync() is { } socket)
            {
                open.Add(socket);
            }
        }

        open.ForEach(socket => socket.Dispose());
    }

    private async Task AskAsync(byte[] batch)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(BatchSize / (double)(Times * Requests)));
        while (!_over.IsCancellationRequested)
        {
            using var socket = await OpenAsync();
            if (socket is null)
            {
                await NextAsync(tick);
                continue;
            }

            var reading = ReadAsync(socket);
            try
            {
                await socket.SendAsync("""{"type":"hello","id":1}"""u8.ToArray(), WebSocketMessageType.Text, true, _over.Token);
                while (!reading.IsCompleted && await NextAsync(tick))
                {
                    await socket.SendAsync(batch, WebSocketMessageType.Text, true, _over.Token);
                }
            }
            catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException)
            {
                // Closed as a flood; it comes again.
            }

            Interlocked.Increment(ref _closed);
            socket.Abort();
            await reading;
        }
    }

    private static async Task ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).MessageType is not WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // It is over.
        }
    }

    private async Task<ClientWebSocket?> OpenAsync()
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-Forwarded-For", Address);
        try
        {
            await socket.ConnectAsync(_node, _over.Token);
            return socket;
        }
        catch (Exception refused) when (refused is WebSocketException or OperationCanceledException)
        {
            Interlocked.Increment(ref _refused);
            socket.Dispose();
            return null;
        }
    }

    private async Task<bool> NextAsync(PeriodicTimer tick)
    {
        try
        {
            return await tick.WaitForNextTickAsync(_over.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
