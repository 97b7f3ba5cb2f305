using System.Text.Json;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Connections;
using Realtime.Node.Namespaces;
using Realtime.Tests.Channels;

namespace Realtime.Tests.Connections;

/// <summary>
/// One client's view of one channel. Believes nothing: every frame is held against what the channel really has, and every hole must be
/// announced (protocol.md, rule 1).
/// </summary>
internal sealed class FeedReader : ISubscriptionOwner, IOutboundOwner
{
    private readonly Lock _gate = new();
    private readonly FeedRig _rig;
    private readonly Outbound _outbound;
    private readonly List<string> _faults = [];
    private readonly List<string> _seen = [];
    private Subscriber _subscriber;
    private StreamPosition? _position;

    public FeedReader(FeedRig rig, SessionId session, StartFrom from, int budget = 2000)
    {
        _rig = rig;
        Session = session;
        Link.Received = Read;
        _outbound = new Outbound(Link, budget, this);
        _subscriber = Join(from);
    }

    public SessionId Session { get; }

    public FakeLink Link { get; } = new();

    public Subscriber Subscriber => _subscriber;

    public SubscriptionInfo? Info { get; private set; }

    public bool IsTooSlow { get; private set; }

    public bool HasLeft { get; private set; }

    public EntityReply.Refused? Refusal { get; private set; }

    public bool RejoinsWhenRefused { get; init; } = true;

    public StreamPosition? Position
    {
        get
        {
            lock (_gate)
            {
                return _position;
            }
        }
    }

    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_gate)
            {
                return [.. _faults];
            }
        }
    }

    /// <summary>Texts of messages, and "gap reason" for gaps, in the order they came.</summary>
    public IReadOnlyList<string> Seen
    {
        get
        {
            lock (_gate)
            {
                return [.. _seen];
            }
        }
    }

    public void Leave() => _rig.Relay.Tell(ChannelRig.Name, new FeedInput.Leave(_subscriber));

    public void OnJoined(Subscriber subscriber, SubscriptionInfo info)
    {
        lock (_gate)
        {
            Info = info;
            _position = info.Position;
            if (info.Gap is not null)
            {
                // Told again as a frame; until then the client stands where it was.
                _position = ((StartFrom.At)subscriber.Wish!).Position;
            }
        }

        _rig.Relay.Tell(ChannelRig.Name, new FeedInput.Begin(subscriber, WithRoster: true));
    }

    public void OnJoinRefused(Subscriber subscriber, EntityReply.Refused refusal)
    {
        Refusal = refusal;
        if (RejoinsWhenRefused)
        {
            _subscriber = Join(subscriber.Wish!);
        }
    }

    public void OnLeft(Subscriber subscriber) => HasLeft = true;

    public void OnDescribed(Subscriber subscriber, SubscriptionInfo info, long tag) => Info = info;

    public void OnTooSlow() => IsTooSlow = true;

    public void OnRoom() => _rig.Relay.Tell(ChannelRig.Name, new FeedInput.Room(_subscriber));

    public void OnFlushed(CloseCode code, string reason)
    {
    }

    public void OnSendFailed(Exception failure) => Fault(failure.Message);

    private Subscriber Join(StartFrom from)
    {
        var subscriber = new Subscriber(ChannelRig.Name, Session, _rig.Space.KeepsLog, _outbound, Link.Codec, this) { Wish = from };
        _subscriber = subscriber;
        _rig.Relay.Join(subscriber);
        return subscriber;
    }

    private void Read(string transportMessage)
    {
        lock (_gate)
        {
            using var json = JsonDocument.Parse(transportMessage);
            if (json.RootElement.ValueKind is JsonValueKind.Array)
            {
                foreach (var frame in json.RootElement.EnumerateArray())
                {
                    Take(frame);
                }
            }
            else
            {
                Take(json.RootElement);
            }
        }
    }

    private void Take(JsonElement frame)
    {
        switch (frame.GetProperty("type").GetString())
        {
            case "message" when !_rig.Space.KeepsLog:
                _seen.Add(frame.GetProperty("data").GetString()!);
                break;
            case "message":
                TakeMessage(frame);
                break;
            case "gap":
                TakeGap(frame);
                break;
            default:
                _seen.Add(frame.GetProperty("type").GetString()!);
                break;
        }
    }

    private void TakeMessage(JsonElement frame)
    {
        var offset = frame.GetProperty("offset").GetInt64();
        var text = frame.GetProperty("data").GetString()!;
        _seen.Add(text);
        if (_position is not { } position)
        {
            Fault($"message {offset} before the reply");
            return;
        }

        var before = frame.TryGetProperty("prev", out var prev) ? prev.GetInt64() : offset - 1;
        if (before != position.Offset)
        {
            Fault($"message {offset} follows {before}, the client is at {position.Offset}");
        }

        var log = _rig.LifeOf(position.Epoch);
        if (offset > log.Head || ChannelRig.TextOf(log.All[(int)offset - 1]) != text)
        {
            Fault($"message {offset} is not what was committed");
        }

        AllowLeftOut(log, position.Offset + 1, offset - 1, $"before message {offset}");
        _position = position with { Offset = offset };
    }

    private void TakeGap(JsonElement frame)
    {
        var reason = frame.GetProperty("reason").GetString()!;
        _seen.Add($"gap {reason}");
        if (!_rig.Space.KeepsLog)
        {
            return;
        }

        if (!StreamPosition.TryParse(frame.GetProperty("position").GetString(), out var next))
        {
            Fault($"gap {reason} with an unreadable position");
        }

        if (_position is { } at && frame.TryGetProperty("from", out var from))
        {
            var to = frame.GetProperty("to").GetInt64();
            if (next.Epoch != at.Epoch || next.Offset != to || from.GetInt64() > to)
            {
                Fault($"gap {reason} from {from} to {to} ends at {next}");
            }

            AllowLeftOut(_rig.LifeOf(at.Epoch), at.Offset + 1, from.GetInt64() - 1, $"before gap {reason}");
            if (from.GetInt64() <= at.Offset)
            {
                Fault($"gap {reason} from {from} covers what the client has seen up to {at.Offset}");
            }
        }
        else if (_position is { } old && next.Epoch == old.Epoch)
        {
            Fault($"gap {reason} without a range within one life of the log");
        }

        _position = next;
    }

    /// <summary>Only the client's own messages without echo, and what conflation replaced, may be missing without a gap.</summary>
    private void AllowLeftOut(ModelLog log, long first, long last, string where)
    {
        for (var offset = first; offset <= last; offset++)
        {
            var message = log.All[(int)offset - 1];
            if (_rig.Space.Lag is not LagPolicy.Latest && (message.Echo || message.From != Session))
            {
                Fault($"message {offset} is missing {where}");
            }
        }
    }

    private void Fault(string what) => _faults.Add(what);
}
