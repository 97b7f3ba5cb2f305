using System.Collections.Immutable;
using System.Text.Json;
using Realtime.Client.Core;

namespace Realtime.Client.Protocol;

/// <summary>
/// Turns a text message (one frame or an array of frames) into frames. Payloads stay JSON elements over the message's own
/// bytes: nothing is copied, and the bytes live as long as the payload does.
/// </summary>
internal static class FrameReader
{
    public static ImmutableArray<ServerFrame> Read(ReadOnlyMemory<byte> message)
    {
        JsonElement root;
        try
        {
            root = JsonDocument.Parse(message).RootElement;
        }
        catch (JsonException fault)
        {
            throw new FrameException("The message is not JSON.", fault);
        }

        if (root.ValueKind != JsonValueKind.Array)
        {
            return [Frame(root)];
        }

        var frames = ImmutableArray.CreateBuilder<ServerFrame>(root.GetArrayLength());
        foreach (var frame in root.EnumerateArray())
        {
            frames.Add(Frame(frame));
        }

        return frames.MoveToImmutable();
    }

    /// <summary>The reply to <c>subscribe</c>.</summary>
    public static Standing Standing(string channel, JsonElement body) => new(
        channel,
        body.Place("position"),
        body.Place("head"),
        body.Flag("recovered"),
        body.Object("gap") is { } gap ? Hole(gap) : null,
        body.Flag("already") ?? false,
        body.Any("members") is null && (body.Any("count") is null || body.Flag("more") is true) ? null : PresenceInfo(body));

    /// <summary>The reply to <c>presence</c>, and the fields of <c>roster</c>.</summary>
    public static PresenceInfo PresenceInfo(JsonElement body)
    {
        var members = body.List("members", Member);
        return new PresenceInfo(members, body.Number("count") ?? members.Length, body.Number("rev")) { More = body.Flag("more") ?? false };
    }

    /// <summary>The reply to <c>history</c>.</summary>
    public static HistoryPage HistoryPage(string channel, JsonElement body)
    {
        var position = body.Place("position");
        var head = body.Place("head");
        var epoch = (position ?? head)?.Epoch;
        return new HistoryPage(
            body.List("messages", item => Event(Message(item, channel), epoch)),
            position,
            head,
            body.Flag("more") ?? false);
    }

    public static ChannelEvent.Message Event(ServerFrame.Message message, string? epoch) => new(
        message.Channel,
        message.Offset is { } offset && epoch is not null ? new Position(epoch, offset) : null,
        message.Data,
        message.Bytes,
        message.At,
        message.From,
        message.Tags);

    private static ServerFrame Frame(JsonElement frame)
    {
        if (frame.ValueKind != JsonValueKind.Object)
        {
            throw new FrameException("A frame is not an object.");
        }

        var type = frame.NeededText("type");
        return type switch
        {
            "message" => Message(frame, null),
            "reply" => new ServerFrame.Reply(frame.NeededNumber("id"), frame),
            "error" => new ServerFrame.Error(frame.Number("id"), Fault(frame)),
            "welcome" => Welcome(frame),
            "gap" => new ServerFrame.Gap(frame.NeededText("channel"), Hole(frame)),
            "joined" => Presence(frame, PresenceChange.Joined),
            "left" => Presence(frame, PresenceChange.Left),
            "changed" => Presence(frame, PresenceChange.Changed),
            "roster" => new ServerFrame.Roster(frame.NeededText("channel"), PresenceInfo(frame)),
            "subscribed" => new ServerFrame.Subscribed(frame.NeededText("channel"), frame.Place("position"), frame.Place("head")),
            "unsubscribed" => new ServerFrame.Unsubscribed(frame.NeededText("channel"), frame.Text("reason")),
            "move" => new ServerFrame.Move(
                frame.NeededText("url"),
                frame.Text("ticket"),
                frame.Milliseconds("after") ?? TimeSpan.Zero,
                frame.Milliseconds("within") ?? TimeSpan.Zero,
                frame.Text("reason")),
            "ping" => new ServerFrame.Ping(),
            "goodbye" => Goodbye(frame),
            _ => new ServerFrame.Unknown(type),
        };
    }

    private static ServerFrame.Welcome Welcome(JsonElement frame)
    {
        var ping = frame.Object("ping") ?? throw new FrameException("The welcome has no 'ping'.");
        var limits = frame.Object("limits") ?? throw new FrameException("The welcome has no 'limits'.");
        return new ServerFrame.Welcome(
            frame.NeededNumber("id"),
            frame.NeededText("session"),
            frame.Flag("resumed") ?? false,
            frame.Text("user"),
            frame.Text("node"),
            ping.Seconds("every") ?? throw new FrameException("The welcome has no 'ping.every'."),
            ping.Seconds("timeout") ?? throw new FrameException("The welcome has no 'ping.timeout'."),
            new ClientLimits(
                limits.NeededNumber("messageBytes"),
                limits.NeededNumber("frameBytes"),
                (int)Math.Clamp(limits.NeededNumber("subscriptions"), 0, int.MaxValue),
                (int)Math.Clamp(limits.NeededNumber("inflight"), 1, int.MaxValue),
                limits.Seconds("seqWindow") ?? TimeSpan.Zero),
            frame.Milliseconds("crashWindow") ?? TimeSpan.Zero,
            frame.List("subscriptions", item => Standing(item.NeededText("channel"), item)),
            frame.Any("state"),
            frame.Texts("others"))
        {
            Info = frame.Any("info"),
            ExpiresIn = frame.Milliseconds("expiresIn"),
        };
    }

    private static ServerFrame.Message Message(JsonElement frame, string? channel) => new(
        channel ?? frame.NeededText("channel"),
        frame.Number("offset"),
        frame.Number("prev"),
        frame.TryGetProperty("data", out var data) ? data : null,
        frame.Base64("bytes"),
        At(frame.Number("at") ?? 0),
        frame.Object("from") is { } from ? new Sender(from.Text("session"), from.Text("user")) : null,
        frame.Any("tags"));

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Clamp(milliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    private static ServerFrame.Presence Presence(JsonElement frame, PresenceChange change) =>
        new(frame.NeededText("channel"), change, frame.List("members", Member), frame.Number("rev"));

    private static Member Member(JsonElement item) => new(item.NeededText("session"), item.Text("user"), item.Any("data"));

    private static Hole Hole(JsonElement frame) =>
        new(frame.Text("reason") ?? "unknown", frame.Number("from"), frame.Number("to"), frame.Place("position"));

    private static Fault Fault(JsonElement frame) => new(
        frame.NeededText("code"),
        frame.Text("message") ?? "",
        frame.Text("outcome") == "unknown" ? Outcome.Unknown : Outcome.None,
        frame.Milliseconds("retryAfter"));

    private static ServerFrame.Goodbye Goodbye(JsonElement frame)
    {
        var reconnect = frame.Any("reconnect") switch
        {
            { ValueKind: JsonValueKind.Object } window => new Comeback(
                window.Milliseconds("after") ?? TimeSpan.Zero,
                window.Milliseconds("within") ?? TimeSpan.Zero),
            { ValueKind: JsonValueKind.False } => (Comeback?)null,
            _ => throw new FrameException("Field 'reconnect' is neither false nor a window."),
        };
        return new ServerFrame.Goodbye((int)Math.Clamp(frame.NeededNumber("code"), 0, 65535), frame.Text("reason") ?? "", reconnect);
    }
}
