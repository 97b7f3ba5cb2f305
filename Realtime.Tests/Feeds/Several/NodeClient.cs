using System.Text.Json;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Codecs;
using Realtime.Node.Feeds;
using Realtime.Tests.Support;

namespace Realtime.Tests.Feeds.Several;

/// <summary>One subscriber of one channel on one node, as its connection; collects what its client sees.</summary>
internal sealed class NodeClient : IOutboundListener
{
    private static readonly JsonFrameCodec Json = new();
    private readonly Lock _gate = new();
    private readonly List<string> _seen = [];
    private readonly List<long> _revisions = [];
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FeedNode _node;
    private readonly Subscriber _subscriber;

    private NodeClient(FeedNode node, ChannelName channel, SessionId session, bool keepsLog, Attachment attachment, bool isPresent, int budget)
    {
        _node = node;
        Writer.Received = Read;
        _subscriber = new Subscriber(
            channel, session, attachment, StartFrom.Live, keepsLog, new OutboundQueue(Writer, budget, this), Json, new CallbackRef("connection", On))
        {
            Presence = isPresent ? new Member(session, null, ScriptedChannel.Text("here")) : null,
        };
    }

    public HeldWriter Writer { get; } = new();

    /// <summary>Texts of messages; kinds of gaps and changes of the roster.</summary>
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

    /// <summary>Of the roster, as they came.</summary>
    public IReadOnlyList<long> Revisions
    {
        get
        {
            lock (_gate)
            {
                return [.. _revisions];
            }
        }
    }

    public static async Task<NodeClient> JoinAsync(
        FeedNode node, ChannelName channel, int session, bool keepsLog = true, bool isPresent = false, int ordinal = 1, int budget = 1_000_000)
    {
        var client = new NodeClient(node, channel, new SessionId((UInt128)session), keepsLog, new Attachment(1, ordinal), isPresent, budget);
        client.Join();
        await client._joined.Task.Within($"session {session} to subscribe");
        return client;
    }

    public void Leave(bool withdraws) => _node.Hub.Tell(new FeedCommand.Leave(_subscriber, withdraws));

    public Task WhenSees(IEnumerable<string> all, string what)
    {
        var expected = all.ToList();
        return Soon.IsTrueAsync(() => Seen.SequenceEqual(expected), what + ", it saw " + string.Join(' ', Seen.TakeLast(5)));
    }

    void IOutboundListener.OnFlushed(CloseCode code, string reason) => throw new NotSupportedException("no feed closes a queue");

    void IOutboundListener.OnSendFailed(Exception failure) => See(failure.ToString());

    private void Join() => _node.Hub.Tell(new FeedCommand.Join(_subscriber));

    private void On(object message, IActorRef sender)
    {
        switch (message)
        {
            case FeedEvent.Joined:
                _node.Hub.Tell(new FeedCommand.Begin(_subscriber, WithRoster: true));
                _joined.TrySetResult();
                break;
            case FeedEvent.Left:
                break;
            default:
                See(message.GetType().Name);
                break;
        }
    }

    private void Read(string transportMessage)
    {
        using var json = JsonDocument.Parse(transportMessage);
        foreach (var frame in json.RootElement.ValueKind is JsonValueKind.Array ? [.. json.RootElement.EnumerateArray()] : new[] { json.RootElement })
        {
            var type = frame.GetProperty("type").GetString()!;
            See(type switch
            {
                "message" => frame.GetProperty("data").GetString()!,
                "gap" => "gap " + frame.GetProperty("reason").GetString(),
                _ => type,
            });
            if (frame.TryGetProperty("rev", out var revision))
            {
                lock (_gate)
                {
                    _revisions.Add(revision.GetInt64());
                }
            }
        }
    }

    private void See(string what)
    {
        lock (_gate)
        {
            _seen.Add(what);
        }
    }
}
