using System.Text.Json;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Codecs;
using Realtime.Node.Feeds;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Feeds;

/// <summary>
/// One client's view of one channel, with its connection. Believes nothing: every frame is held against what the channel really has, and
/// every hole must be announced (protocol.md, rule 1).
/// </summary>
internal sealed class FeedClient : IOutboundListener
{
    private static readonly JsonFrameCodec Json = new();

    private readonly IActorRef _hub;
    private readonly ScriptedChannel _channel;
    private readonly NamespacePolicy _space;
    private readonly OutboundQueue _queue;
    private readonly CallbackRef _connection;
    private readonly Attachment _attachment;
    private readonly IFrameCodec _codec;
    private StreamPosition? _position;

    public FeedClient(
        IActorRef hub, ScriptedChannel channel, NamespacePolicy space, SessionId session, StartFrom from, int budget = 2000,
        string? presence = null, Attachment attachment = default, IFrameCodec? codec = null)
    {
        _codec = codec ?? Json;
        (_hub, _channel, _space, Session, _attachment) = (hub, channel, space, session, attachment);
        Writer.Received = Read;
        _queue = new OutboundQueue(Writer, budget, this);
        _connection = new CallbackRef($"connection-{session.Value}", (message, _) => On((FeedEvent)message));
        Subscriber = Join(from, presence);
    }

    public SessionId Session { get; }

    public HeldWriter Writer { get; } = new();

    public Subscriber Subscriber { get; private set; }

    public OutboundQueue Queue => _queue;

    public SubscriptionInfo? Info { get; private set; }

    public List<FeedEvent> Events { get; } = [];

    public List<string> Faults { get; } = [];

    /// <summary>Texts of messages, "gap reason" for gaps, and types of other frames, in the order they came.</summary>
    public List<string> Seen { get; } = [];

    /// <summary>Frames about presence, whole.</summary>
    public List<JsonElement> PresenceFrames { get; } = [];

    public StreamPosition? Position => _position;

    /// <summary>Says that the reply is out as soon as it is there.</summary>
    public bool BeginsAtOnce { get; set; } = true;

    public bool RejoinsWhenRefused { get; set; } = true;

    public bool IsTooSlow => Events.Exists(entry => entry is FeedEvent.TooSlow);

    public void Begin(bool withRoster = false) => _hub.Tell(new FeedCommand.Begin(Subscriber, withRoster));

    public void Leave(bool withdraws) => _hub.Tell(new FeedCommand.Leave(Subscriber, withdraws));

    public void Tell(FeedCommand command) => _hub.Tell(command, _connection);

    public Subscriber Join(StartFrom from, string? presence = null)
    {
        Info = null;
        Subscriber = new Subscriber(ScriptedChannel.Name, Session, _attachment, from, _space.KeepsLog, _queue, _codec, _connection)
        {
            Presence = presence is null ? null : new Member(Session, null, ScriptedChannel.Text(presence)),
        };
        _hub.Tell(new FeedCommand.Join(Subscriber));
        return Subscriber;
    }

    void IOutboundListener.OnFlushed(CloseCode code, string reason) => throw new NotSupportedException("no feed closes a queue");

    void IOutboundListener.OnSendFailed(Exception failure) => Faults.Add(failure.ToString());

    private void On(FeedEvent message)
    {
        Events.Add(message);
        switch (message)
        {
            case FeedEvent.Joined joined:
                Info = joined.Info;

                // A gap is sent as a frame, too; until then the client stands where it was.
                _position = joined.Info.Gap is null ? joined.Info.Position : ((StartFrom.At)joined.Subscriber.From).Position;
                if (BeginsAtOnce)
                {
                    Begin(withRoster: true);
                }

                break;
            case FeedEvent.JoinRefused refused when RejoinsWhenRefused:
                Join(refused.Subscriber.From);
                break;
            default:
                break;
        }
    }

    private void Read(string transportMessage)
    {
        using var json = JsonDocument.Parse(transportMessage);
        var root = json.RootElement;
        foreach (var frame in root.ValueKind is JsonValueKind.Array ? [.. root.EnumerateArray()] : new[] { root })
        {
            Take(frame);
        }
    }

    private void Take(JsonElement frame)
    {
        switch (frame.GetProperty("type").GetString())
        {
            case "message" when !_space.KeepsLog:
                Seen.Add(frame.GetProperty("data").GetString()!);
                break;
            case "message":
                TakeMessage(frame);
                break;
            case "gap":
                TakeGap(frame);
                break;
            case var type:
                Seen.Add(type!);
                PresenceFrames.Add(frame.Clone());
                break;
        }
    }

    private void TakeMessage(JsonElement frame)
    {
        var offset = frame.GetProperty("offset").GetInt64();
        var text = frame.GetProperty("data").GetString()!;
        Seen.Add(text);
        if (_position is not { } position)
        {
            Faults.Add($"message {offset} before the reply");
            return;
        }

        var before = frame.TryGetProperty("prev", out var prev) ? prev.GetInt64() : offset - 1;
        if (before != position.Offset)
        {
            Faults.Add($"message {offset} follows {before}, the client is at {position}");
        }

        var life = _channel.Lives[position.Epoch];
        if (offset > life.All.Count || ScriptedChannel.TextOf(life.All[(int)offset - 1]) != text)
        {
            Faults.Add($"message {offset} '{text}' is not what was committed");
        }
        else
        {
            CheckLeftOut(life, position.Offset + 1, offset - 1, $"before message {offset}");
        }

        _position = position with { Offset = offset };
    }

    private void TakeGap(JsonElement frame)
    {
        var reason = frame.GetProperty("reason").GetString()!;
        Seen.Add($"gap {reason}");
        if (!_space.KeepsLog)
        {
            return;
        }

        if (!StreamPosition.TryParse(frame.GetProperty("position").GetString(), out var next))
        {
            Faults.Add($"gap {reason} with an unreadable position");
        }

        if (_position is { } at && frame.TryGetProperty("from", out var from))
        {
            var to = frame.GetProperty("to").GetInt64();
            if (next.Epoch != at.Epoch || next.Offset != to || from.GetInt64() > to || from.GetInt64() <= at.Offset)
            {
                Faults.Add($"gap {reason} from {from} to {to} ends at {next}, the client is at {at}");
            }

            CheckLeftOut(_channel.Lives[at.Epoch], at.Offset + 1, from.GetInt64() - 1, $"before gap {reason}");
        }
        else if (_position is { } old && next.Epoch == old.Epoch)
        {
            Faults.Add($"gap {reason} without a range within one life of the log");
        }

        _position = next;
    }

    /// <summary>Only the client's own messages without echo, and what conflation replaced, may be missing without a gap.</summary>
    private void CheckLeftOut(LogLife life, long first, long last, string where)
    {
        for (var offset = first; offset <= last; offset++)
        {
            var message = life.All[(int)offset - 1];
            if (_space.Lag is not LagPolicy.Latest && message.IsFor(Session) && message.Expires is not 1)
            {
                Faults.Add($"message {offset} is missing {where}");
            }
        }
    }
}
