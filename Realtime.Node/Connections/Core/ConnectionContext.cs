using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Connections.Core;

/// <summary>What the parts of one connection's machine share: who it stands for, what it is subscribed to, and the effects of the step.</summary>
internal sealed class ConnectionContext(ConnectionSetup setup, ConnectionId id, ClientAddress address = default)
{
    /// <summary>Up to here a look through the list is as good as an index, and smaller.</summary>
    private const int Few = 32;

    private readonly List<ConnectionSubscription> _subscriptions = new(1);
    private Dictionary<ChannelName, ConnectionSubscription>? _byChannel;
    private OpenRequests? _open;
    private AnonymousShare? _anonymous;

    public ConnectionSetup Setup => setup;

    public ConnectionId Id => id;

    public SessionId Session { get; set; }

    public AttachNumber Attachment { get; set; }

    /// <summary>The client's count of its hellos, if it keeps one.</summary>
    public long? Attempt { get; set; }

    /// <summary>There was no row of the session when it attached: this connection may be all that proves it.</summary>
    public bool IsUnwritten { get; set; }

    public SessionIdentity? Identity { get; set; }

    public UserId? User => Identity?.User;

    /// <summary>What is counted of the session while it has no user. Null: nothing is, or it holds nothing yet.</summary>
    public AnonymousShare? Anonymous => _anonymous;

    public ProducerId? Producer { get; set; }

    public Moment Now { get; set; }

    /// <summary>The step's effects; set by the machine for each step.</summary>
    public List<ConnectionEffect> Effects { get; set; } = [];

    public IReadOnlyList<ConnectionSubscription> Subscriptions => _subscriptions;

    public OpenRequests Open => _open ??= new OpenRequests();

    /// <summary>Null as long as nothing has happened to the session's owner.</summary>
    public Holding? Holding { get; private set; }

    /// <summary>Requests that were accepted and wait for room before they are asked.</summary>
    public int WaitingCount { get; set; }

    /// <summary>Requests without an answer.</summary>
    public int OpenCount => (_open?.Count ?? 0) + WaitingCount;

    public ConnectionSubscription? Find(ChannelName channel)
    {
        if (_byChannel is { } index)
        {
            return index.GetValueOrDefault(channel);
        }

        foreach (var subscription in _subscriptions)
        {
            if (subscription.Channel == channel)
            {
                return subscription;
            }
        }

        return null;
    }

    public bool IsSubscribed(ChannelName channel) => Find(channel) is { Stage: SubscriptionStage.Active };

    /// <summary>Counts what the session has, which it must be attached for.</summary>
    public void CountAnonymous(IReadOnlyList<KeyValuePair<string, Payload>> state)
    {
        if (User is null && _anonymous is null && setup.Anonymous is { } sessions)
        {
            _anonymous = new AnonymousShare(sessions, address, Session, state, Now.Ticks);
        }
    }

    /// <summary>Whether a session without a token may write this to its state now.</summary>
    public Refusal? MaySet(string key, int size)
    {
        CountAnonymous([]);
        return _anonymous?.Set(key, size, Now.Ticks);
    }

    /// <summary>Counts what the session shows already.</summary>
    public void CountShown(Payload? presence)
    {
        if (presence is { } shown)
        {
            CountAnonymous([]);
            _anonymous?.Shown(shown.Length);
        }
    }

    /// <summary>Whether a session without a token may show this now.</summary>
    public Refusal? MayShow(Payload? before, Payload? after)
    {
        if (after is not { } shown)
        {
            return null;
        }

        CountAnonymous([]);
        return _anonymous?.Show(before?.Length ?? 0, shown.Length, Now.Ticks);
    }

    public void Add(ConnectionSubscription subscription)
    {
        _subscriptions.Add(subscription);
        if (_byChannel is not null)
        {
            _byChannel.Add(subscription.Channel, subscription);
        }
        else if (_subscriptions.Count > Few)
        {
            _byChannel = _subscriptions.ToDictionary(known => known.Channel);
        }
    }

    public void Remove(ConnectionSubscription subscription)
    {
        if (_subscriptions.Remove(subscription))
        {
            _byChannel?.Remove(subscription.Channel);
            _anonymous?.Release(subscription.Presence?.Length ?? 0);
        }
    }

    public void Send(ServerFrame frame) => Effects.Add(new ConnectionEffect.Send(frame));

    public void Refuse(long requestId, Refusal refusal) => Refuse(requestId, refusal.Code, refusal.Text, refusal.RetryAfter);

    public void Refuse(long requestId, ErrorCode code, string text, int? retryAfter = null, Outcome outcome = Outcome.None) =>
        Send(new ServerFrame.Error(requestId, code, text, retryAfter, outcome));

    /// <summary>Tells the session's owner, whoever that is now, that this connection stands for it.</summary>
    public void Hold() => (Holding ??= new Holding(this)).Begin();

    /// <summary>
    /// A session is not there any more, as it says itself: it sees to it that channels which show it do so no longer. Asked and not decided here, because an owner
    /// that says no may be none any more, and because a token of another user gets the same answer.
    /// </summary>
    public void Probe(SessionId session, ChannelName channel)
    {
        if (Setup.Namespaces.TryFind(channel, out var space) && space.Presence)
        {
            Effects.Add(new ConnectionEffect.TellSession(session, new SessionRequest.Probe(channel)));
        }
    }

    public void TellSession(SessionRequest request) => Effects.Add(new ConnectionEffect.TellSession(Session, request));

    /// <summary>Tells the session what the client has processed, and remembers it as the session does.</summary>
    public void Acknowledge(IReadOnlyList<ChannelPosition> positions)
    {
        foreach (var acked in positions)
        {
            if (Find(acked.Channel) is { Position: { } known } subscription
                && (acked.Position.Epoch != known.Epoch || acked.Position.Offset > known.Offset))
            {
                subscription.Position = acked.Position;
            }
        }

        TellSession(new SessionRequest.Ack(Attachment, positions));
    }
}
