using System.Text;
using System.Text.Json;
using Realtime.Messages.Errors;
using Realtime.Node.Connections;
using Realtime.Tests.Connections;
using Realtime.Tests.Support;

namespace Realtime.Tests.Moves;

/// <summary>A client of one node, without a network between them.</summary>
internal sealed class MoveClient(IClientConnection connection, FakeLink link)
{
    private int _lastId = 1;

    public CloseCode? Closed => link.Closed;

    /// <summary>All that it was sent; several frames may come as one array.</summary>
    public IReadOnlyList<string> Frames => [.. link.Messages.SelectMany(FramesOf)];

    public string Session { get; private set; } = "";

    public static async Task<MoveClient> ConnectAsync(MoveNode node, string? resume = null, string more = "")
    {
        var link = new FakeLink();
        var client = new MoveClient(await node.Connections.OpenAsync(link), link);
        await client.SendAsync($$"""{"type":"hello","id":1{{(resume is null ? "" : $",\"session\":\"{resume}\"")}}{{more}}}""");
        var welcome = await client.UntilAsync(frame => TypeOf(frame) == "welcome", "the welcome");
        client.Session = JsonDocument.Parse(welcome).RootElement.GetProperty("session").GetString()!;
        return client;
    }

    /// <summary>Sends a request and gives back its answer.</summary>
    public Task<string> AskAsync(string type, string rest)
    {
        var id = Ask(type, rest);
        return AnswerAsync(id);
    }

    /// <returns>The id that its answer will have.</returns>
    public int Ask(string type, string rest)
    {
        var id = Interlocked.Increment(ref _lastId);
        _ = SendAsync($$"""{"type":"{{type}}","id":{{id}}{{(rest.Length == 0 ? "" : "," + rest)}}}""");
        return id;
    }

    public Task<string> AnswerAsync(int id) => UntilAsync(frame => IdOf(frame) == id, $"the answer to request {id}");

    public async Task<string> UntilAsync(Func<string, bool> isIt, string what)
    {
        await Soon.IsTrueAsync(() => Frames.Any(isIt), $"{what} among {string.Join(' ', Frames)}");
        return Frames.First(isIt);
    }

    /// <summary>The socket is gone, without a word.</summary>
    public void Lose() => connection.LinkLost();

    public static string TypeOf(string frame) => JsonDocument.Parse(frame).RootElement.GetProperty("type").GetString()!;

    private static IEnumerable<string> FramesOf(string message)
    {
        var root = JsonDocument.Parse(message).RootElement;
        return root.ValueKind is JsonValueKind.Array ? root.EnumerateArray().Select(frame => frame.GetRawText()) : [message];
    }

    private static int? IdOf(string frame) => JsonDocument.Parse(frame).RootElement.TryGetProperty("id", out var id) ? id.GetInt32() : null;

    private Task<bool> SendAsync(string frame) => connection.ReceiveAsync(Encoding.UTF8.GetBytes(frame)).AsTask();
}
