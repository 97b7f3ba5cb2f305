using System.Text.Json;
using Realtime.Tests.Cluster.Checking;

namespace Realtime.Tests.Cluster.Load;

/// <summary>Reads along on one link of a client, and tells the history what concerns the room and the refusal of publishes.</summary>
internal sealed class FrameWatch(string client, int link, RunHistory history)
{
    private readonly Dictionary<long, string> _publishes = [];
    private readonly HashSet<long> _subscribes = [];
    private readonly List<string> _part = [];
    private readonly Lock _gate = new();

    public bool IsWelcomed { get; private set; }

    public void Sent(ReadOnlySpan<byte> frame)
    {
        if (frame.IndexOf("\"publish\""u8) < 0 && frame.IndexOf("\"subscribe\""u8) < 0)
        {
            return;
        }

        using var json = JsonDocument.Parse(frame.ToArray());
        var (root, id) = (json.RootElement, json.RootElement.GetProperty("id").GetInt64());
        lock (_gate)
        {
            switch (root.GetProperty("type").GetString())
            {
                case "publish":
                    _publishes[id] = root.GetProperty("data").GetString()!;
                    break;
                case "subscribe":
                    _subscribes.Add(id);
                    break;
            }
        }
    }

    /// <returns>Not null: the session was welcomed, and whether it was resumed.</returns>
    public bool? Received(ReadOnlySpan<byte> message)
    {
        if (message.IndexOf("\"rev\""u8) < 0 && message.IndexOf("\"welcome\""u8) < 0 && message.IndexOf("\"error\""u8) < 0)
        {
            return null;
        }

        using var json = JsonDocument.Parse(message.ToArray());
        bool? welcomed = null;
        foreach (var frame in json.RootElement.ValueKind == JsonValueKind.Array ? json.RootElement.EnumerateArray().ToList() : [json.RootElement])
        {
            welcomed = Frame(frame) ?? welcomed;
        }

        return welcomed;
    }

    public void Broken() => history.Break($"{client} broke a link off: the server skipped messages without a gap, or broke the protocol otherwise");

    public void Over() => history.Saw(new PresenceNotice.Over(client, link, history.Now));

    private bool? Frame(JsonElement frame)
    {
        switch (frame.GetProperty("type").GetString())
        {
            case "welcome":
                IsWelcomed = true;
                return frame.GetProperty("resumed").GetBoolean();
            case "error" when frame.TryGetProperty("id", out var id):
                Refused(id.GetInt64(), frame.GetProperty("code").GetString()!);
                break;
            case "roster":
                Whole(frame);
                break;
            case "reply" when frame.TryGetProperty("rev", out _) && frame.TryGetProperty("members", out _) && IsSubscribe(frame.GetProperty("id").GetInt64()):
                Whole(frame);
                break;
            case "joined":
                history.Saw(new PresenceNotice.Joined(client, link, history.Now, Revision(frame), Names(frame)));
                break;
            case "left":
                history.Saw(new PresenceNotice.Left(client, link, history.Now, Revision(frame), Names(frame)));
                break;
            case "changed":
                history.Saw(new PresenceNotice.Changed(client, link, history.Now, Revision(frame)));
                break;
        }

        return null;
    }

    private void Refused(long id, string code)
    {
        history.WasAnswered(code);
        lock (_gate)
        {
            if (_publishes.TryGetValue(id, out var publication))
            {
                history.WasRefused(publication);
            }
        }
    }

    /// <summary>A large one comes in parts.</summary>
    private void Whole(JsonElement frame)
    {
        _part.AddRange(Names(frame));
        if (!frame.TryGetProperty("more", out var more) || !more.GetBoolean())
        {
            history.Saw(new PresenceNotice.Whole(client, link, history.Now, Revision(frame), [.. _part]));
            _part.Clear();
        }
    }

    private bool IsSubscribe(long id)
    {
        lock (_gate)
        {
            return _subscribes.Contains(id);
        }
    }

    private static long Revision(JsonElement frame) => frame.GetProperty("rev").GetInt64();

    private static string[] Names(JsonElement frame) =>
        [.. frame.GetProperty("members").EnumerateArray().Select(member => member.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.String ? data.GetString()! : "?")];
}
