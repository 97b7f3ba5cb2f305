using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Akka.Actor;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Auth;
using Realtime.Node.Connections;
using Realtime.Tests.Connections;
using Realtime.Tests.Support;

namespace Realtime.Tests.Moves;

/// <summary>A client of one node, without a network between them.</summary>
internal sealed class MoveClient
{
    private readonly FakeLink _link = new();
    private ImmutableList<JsonElement> _frames = [];
    private ImmutableDictionary<int, JsonElement> _answers = ImmutableDictionary<int, JsonElement>.Empty;
    private IClientConnection _connection = null!;
    private int _lastId = 1;

    private MoveClient() => _link.Received = Receive;

    public CloseCode? Closed => _link.Closed;

    /// <summary>All that it was sent, in order.</summary>
    public IReadOnlyList<JsonElement> Frames => Volatile.Read(ref _frames);

    /// <summary>The resume token.</summary>
    public string Session { get; private set; } = "";

    public SessionId Id
    {
        get
        {
            new ResumeTokens(MoveNode.Keys).TryVerify(Session, out var id).ShouldBeTrue();
            return id;
        }
    }

    /// <summary>Connects again when it is sent away, as a client does: on a busy machine a shard may take its time to start.</summary>
    public static async Task<MoveClient> ConnectAsync(MoveNode node, string? resume = null, string more = "")
    {
        while (true)
        {
            var client = new MoveClient();
            client._connection = await node.Connections.OpenAsync(client._link);
            client.Send($$"""{"type":"hello","id":1{{(resume is null ? "" : $",\"session\":\"{resume}\"")}}{{more}}}""");
            await Soon.IsTrueAsync(() => client.Closed is not null || client._answers.ContainsKey(1), "the welcome or the goodbye");
            if (client._answers.TryGetValue(1, out var welcome) && TypeOf(welcome) == "welcome")
            {
                client.Session = welcome.GetProperty("session").GetString()!;
                return client;
            }

            client.Lose();
        }
    }

    /// <summary>Sends a request and gives back its answer.</summary>
    public Task<JsonElement> AskAsync(string type, string rest) => AnswerAsync(Ask(type, rest));

    /// <returns>The id that its answer will have.</returns>
    public int Ask(string type, string rest)
    {
        var id = Interlocked.Increment(ref _lastId);
        Send($$"""{"type":"{{type}}","id":{{id}},{{rest}}}""");
        return id;
    }

    public async Task<JsonElement> AnswerAsync(int id)
    {
        await Soon.IsTrueAsync(() => Volatile.Read(ref _answers).ContainsKey(id), $"the answer to request {id}");
        return _answers[id];
    }

    /// <summary>The first frame of a type.</summary>
    public async Task<JsonElement> UntilAsync(string type)
    {
        await Soon.IsTrueAsync(() => Frames.Any(frame => TypeOf(frame) == type), $"a frame '{type}'");
        return Frames.First(frame => TypeOf(frame) == type);
    }

    public Task UntilSessionAsync(MoveNode asked, Func<SessionInfo, bool> holds) =>
        Soon.IsTrueAsync(async () => holds(await InspectAsync(asked)), "the session to be as expected");

    /// <summary>What its session says of itself, asked from a node.</summary>
    public async Task<SessionInfo> InspectAsync(MoveNode asked)
    {
        for (var tries = 0; tries < 15; tries++)
        {
            try
            {
                return (await asked.SessionRegion.Ask<SessionReply.Inspected>(new SessionRequest.Inspect(Id, 1), TimeSpan.FromSeconds(2))).Info;
            }
            catch (AskTimeoutException)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            }
        }

        throw new TimeoutException("Waited 30 s in vain for what the session says of itself.");
    }

    public void Send(string frame) => _ = _connection.ReceiveAsync(Encoding.UTF8.GetBytes(frame)).AsTask();

    /// <summary>The socket is gone, without a word.</summary>
    public void Lose() => _connection.LinkLost();

    public static string TypeOf(JsonElement frame) => frame.GetProperty("type").GetString()!;

    /// <summary>One sender at a time. Several frames may come as one array.</summary>
    private void Receive(string message)
    {
        var root = JsonDocument.Parse(message).RootElement;
        foreach (var frame in root.ValueKind is JsonValueKind.Array ? root.EnumerateArray().ToList() : [root])
        {
            Volatile.Write(ref _frames, _frames.Add(frame));
            if (frame.TryGetProperty("id", out var id))
            {
                Volatile.Write(ref _answers, _answers.SetItem(id.GetInt32(), frame));
            }
        }
    }
}
