using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Realtime.Client;
using Realtime.Client.Core;
using Realtime.Client.Protocol;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>
/// Drives a client's machine by hand: the test is the server, the clock and the dice. Frames go in and come out as JSON.
/// </summary>
internal sealed class MachineDriver
{
    private readonly ClientMachine _machine;
    private readonly List<ClientEffect> _effects = [];

    public MachineDriver(ClientMemory? memory = null, string? token = null, bool tokenProvider = false, string url = "http://node.test") => _machine = new ClientMachine(new ClientSettings
    {
        Url = new Uri(url),
        Producer = memory?.Producer ?? "p-1",
        Memory = memory ?? new ClientMemory(),
        Token = token,
        HasTokenProvider = tokenProvider,
    });

    public TimeSpan Now { get; private set; }

    /// <summary>The random number of every step.</summary>
    public double Roll { get; set; } = 0.5;

    public ClientMachine Machine => _machine;

    /// <summary>The last state told.</summary>
    public ClientState State { get; private set; }

    public void Post(ClientInput input)
    {
        foreach (var effect in _machine.Step(input, new Moment(Now, Roll)))
        {
            State = effect is ClientEffect.StateChanged changed ? changed.State : State;
            _effects.Add(effect);
        }
    }

    /// <summary>Everything of a kind since it was last asked for; the rest stays.</summary>
    public List<T> Take<T>()
        where T : ClientEffect
    {
        var taken = _effects.OfType<T>().ToList();
        _effects.RemoveAll(effect => effect is T);
        return taken;
    }

    public List<ChannelEvent> Events() => Take<ClientEffect.Deliver>().ConvertAll(effect => effect.Event);

    /// <summary>The offsets of the messages delivered since the last time, gaps as minus their position.</summary>
    public List<long> Offsets() => Events().Where(item => item is ChannelEvent.Message or ChannelEvent.Gap).Select(item => item switch
    {
        ChannelEvent.Message message => message.Position?.Offset ?? 0,
        ChannelEvent.Gap gap => -gap.Position!.Value.Offset,
        _ => throw new InvalidOperationException(),
    }).ToList();

    /// <summary>The frames sent on a link since the last time.</summary>
    public List<JsonElement> Sent(int link)
    {
        var sent = _effects.OfType<ClientEffect.Send>().Where(send => send.Link == link).ToList();
        _effects.RemoveAll(effect => effect is ClientEffect.Send send && send.Link == link);
        return sent.ConvertAll(send => JsonDocument.Parse(send.Frame).RootElement);
    }

    /// <summary>The one frame sent on a link since the last time.</summary>
    public JsonElement SentOne(int link, string type)
    {
        var frame = Sent(link).ShouldHaveSingleItem();
        frame.GetProperty("type").GetString().ShouldBe(type);
        return frame;
    }

    public void Receive(int link, string json) =>
        Post(new ClientInput.Received(link, FrameReader.Read(Encoding.UTF8.GetBytes(json))));

    /// <summary>Moves time on, letting the machine see every deadline on the way.</summary>
    public void Advance(TimeSpan by)
    {
        var until = Now + by;
        while (_machine.Deadline is { } due && due <= until)
        {
            Now = due > Now ? due : Now;
            Post(new ClientInput.Tick());
        }

        Now = until;
    }

    /// <summary>How long until the machine wants to be woken.</summary>
    public TimeSpan? Due => _machine.Deadline - Now;

    /// <summary>The link that is being opened, with its hello answered by a welcome. Returns its number.</summary>
    public int Welcome(string subscriptions = "[]", bool resumed = false, string session = "token-1", int inflight = 128)
    {
        var open = Take<ClientEffect.OpenLink>().ShouldHaveSingleItem();
        return Welcome(open.Link, subscriptions, resumed, session, inflight);
    }

    public int Welcome(int link, string subscriptions, bool resumed, string session, int inflight = 128)
    {
        Post(new ClientInput.LinkOpened(link));
        var hello = SentOne(link, "hello");
        Receive(link, WelcomeFrame(Id(hello), subscriptions, resumed, session, inflight));
        return link;
    }

    public static string WelcomeFrame(long id, string subscriptions = "[]", bool resumed = false, string session = "token-1", int inflight = 128, string others = "[]") =>
        $$"""
        {"type":"welcome","id":{{id}},"session":"{{session}}","resumed":{{(resumed ? "true" : "false")}},"user":null,"node":"node-0",
         "ping":{"every":25,"timeout":10},
         "limits":{"messageBytes":65536,"frameBytes":131072,"subscriptions":256,"inflight":{{inflight}},"seqWindow":600},
         "crashWindow":2000,"others":{{others}},"subscriptions":{{subscriptions}},"state":{"k":1} }
        """;

    /// <summary>A client connected on its first link.</summary>
    public int Connect(int inflight = 128)
    {
        Post(new ClientInput.Connect());
        return Welcome(inflight: inflight);
    }

    /// <summary>A channel subscribed on that link; the stream goes on after the position.</summary>
    public void Subscribe(int link, string channel, string position)
    {
        Post(new ClientInput.Subscribe(channel, new SubscribeOptions()));
        var id = Id(SentOne(link, "subscribe"));
        Receive(link, $$"""{"type":"reply","id":{{id}},"position":"{{position}}","head":"{{position}}"}""");
        Events().ShouldHaveSingleItem().ShouldBeOfType<ChannelEvent.Subscribed>();
    }

    public void Message(int link, string channel, params ReadOnlySpan<long> offsets)
    {
        foreach (var offset in offsets)
        {
            Receive(link, MessageFrame(channel, offset));
        }
    }

    /// <summary>Connected by a provider's token that counts so long.</summary>
    public int ConnectFor(TimeSpan life)
    {
        Post(new ClientInput.Connect());
        Take<ClientEffect.FetchToken>().ShouldHaveSingleItem();
        Post(new ClientInput.TokenFetched("first"));
        var link = Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link;
        Post(new ClientInput.LinkOpened(link));
        var welcome = WelcomeFrame(Id(SentOne(link, "hello")));
        Receive(link, welcome.Replace("\"ping\":{\"every\":25", $"\"expiresIn\":{life.TotalMilliseconds},\"ping\":{{\"every\":7200", StringComparison.Ordinal));
        return link;
    }

    public static string MessageFrame(string channel, long offset) =>
        $$"""{"type":"message","channel":"{{channel}}","offset":{{offset}},"data":{"n":{{offset}}},"at":1795284135000}""";

    /// <summary>A publish without waiting for its answer.</summary>
    public Request Publish(string channel, int value, bool exactlyOnce = true)
    {
        var data = JsonSerializer.SerializeToElement(value);
        var request = new Request(
            RequestKind.Publish,
            channel,
            exactlyOnce,
            (id, seq) => FrameWriter.Publish(id, channel, data, exactlyOnce ? seq : null, PublishOptions.Default));
        Post(new ClientInput.Ask(request));
        return request;
    }

    public void Lose(int link, int? code = null, TimeSpan? retryAfter = null) => 
        Post(new ClientInput.LinkLost(link, code, new Fault(ErrorCodes.ConnectionLost, "It broke.", RetryAfter: retryAfter)));

    public static long Id(JsonElement frame) => frame.GetProperty("id").GetInt64();

    public static ImmutableArray<long> Seqs(IEnumerable<JsonElement> frames) => [.. frames.Select(frame => frame.GetProperty("seq").GetInt64())];
}
