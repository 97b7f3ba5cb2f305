using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections.Core;
using Realtime.Node.Feeds;

namespace Realtime.Node.Connections;

/// <summary>
/// One client connection: steps its <see cref="ConnectionMachine"/> and does what that says. Its parent looks at the clock for it.
/// </summary>
internal sealed class ConnectionActor : UntypedActor, IRoomListener
{
    private readonly ConnectionsSetup _setup;
    private readonly HostedConnection _hosted;
    private readonly ConnectionMachine _machine;
    private readonly ConnectionMetrics _metrics;
    private readonly IActorRef _self;

    /// <summary>Where the session was that took the connection last.</summary>
    private Address? _sessionAt;

    /// <summary>One for each channel, from the join until the feed has let it go; null as long as there was none.</summary>
    private Dictionary<ChannelName, Subscriber>? _subscribers;

    /// <summary>Verdicts of the application that were there at once.</summary>
    private Queue<ConnectionInput.Decided>? _decided;

    public ConnectionActor(ConnectionsSetup setup, ConnectionCommand.Open open, HostedConnection hosted)
    {
        _setup = setup;
        _hosted = hosted;
        _self = Self;
        _metrics = new ConnectionMetrics(setup.Metrics, setup.Tracing, hosted.Link.Codec.Subprotocol);
        _machine = new ConnectionMachine(setup.Rules, open.Connection, open.Fresh, setup.Now, open.ClaimsResume, open.Address, open.Lease?.Quota);
        _hosted.Status.Update(_machine);
    }

    private IEnumerable<Subscriber> Subscribers => _subscribers is null ? [] : _subscribers.Values;

    public static Props PropsOf(ConnectionsSetup setup, ConnectionCommand.Open open, HostedConnection hosted) =>
        Props.Create<ConnectionActor>(setup, open, hosted);

    /// <summary>Called by the queue on any thread.</summary>
    void IRoomListener.OnRoom() => _self.Tell(new ConnectionInput.Room(), _self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionInput.FrameReceived frame:
                Step(frame);
                _hosted.ReadAhead.Remove();
                break;
            case ConnectionInput input:
                Step(input);
                break;
            case SessionReply reply:
                _sessionAt = reply is SessionReply.Attached ? Sender.Path.Address : _sessionAt;
                Step(new ConnectionInput.SessionReplied(reply));
                break;
            case ChannelReply reply:
                Step(new ConnectionInput.ChannelReplied(reply));
                break;
            case SessionNews news when news.Session == _machine.Session:
                Step(news switch
                {
                    SessionNews.Dismissed dismissed => new ConnectionInput.CloseRequested(dismissed.Code),
                    SessionNews.Subscribed made => new ConnectionInput.SubscribedByServer(made.Subscription, made.Reason),
                    SessionNews.Unsubscribed ended => new ConnectionInput.UnsubscribedByServer(ended.Channel, ended.Reason),
                    _ => new ConnectionInput.SessionMoved(),
                });
                break;
            case SessionNews:
                break; // Of a session that it asked in vain.
            case FeedEvent happened when IsCurrent(happened.Subscriber):
                OnFeedEvent(happened);
                break;
            case FeedEvent:
                break;
            case ConnectionCommand.Inspect:
                Sender.Tell(new ConnectionSnapshot(
                    _hosted.Id, _hosted.Status.Session, [.. Subscribers], _hosted.Link.Outbound.QueuedBytes));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        foreach (var subscriber in Subscribers.Where(subscriber => !subscriber.HasLeft))
        {
            _setup.Feeds.Tell(new FeedCommand.Leave(subscriber, Withdraws: false));
        }

        if (_machine.End(_setup.Now) is { } detach)
        {
            _setup.Sessions.Tell(detach);
        }

        _hosted.ReadAhead.End();
        _hosted.Link.Outbound.Drop();
        if (!_machine.IsStopped)
        {
            _hosted.Link.Abort();
        }

        _metrics.OnStop();
    }

    private bool IsCurrent(Subscriber subscriber) =>
        _subscribers is not null && _subscribers.TryGetValue(subscriber.Channel, out var current) && current == subscriber;

    private void OnFeedEvent(FeedEvent happened)
    {
        if (happened is FeedEvent.JoinRefused or FeedEvent.Left or FeedEvent.FeedFailed)
        {
            _subscribers!.Remove(happened.Subscriber.Channel);
        }

        var channel = happened.Subscriber.Channel;
        switch (happened)
        {
            case FeedEvent.Joined joined:
                Step(new ConnectionInput.Joined(channel, joined.Info));
                break;
            case FeedEvent.JoinRefused refused:
                Step(new ConnectionInput.JoinRefused(channel, refused.Reason));
                break;
            case FeedEvent.Left:
                Step(new ConnectionInput.Left(channel));
                break;
            case FeedEvent.Described described:
                Step(new ConnectionInput.Described(described.Tag, described.Info));
                break;
            case FeedEvent.TooSlow:
                Step(new ConnectionInput.TooSlow());
                break;
            case FeedEvent.FeedFailed:
                Step(new ConnectionInput.FeedFailed());
                break;
        }
    }

    private void Step(ConnectionInput input)
    {
        StepOnce(input);
        while (_decided is { Count: > 0 })
        {
            StepOnce(_decided.Dequeue());
        }
    }

    private void StepOnce(ConnectionInput input)
    {
        var effects = new List<ConnectionEffect>(2);
        _metrics.OnInput(input);
        _machine.Step(input, _setup.Now, effects);
        foreach (var effect in effects)
        {
            Do(effect);
        }

        _hosted.Status.Update(_machine, _sessionAt);
        if (_machine.IsWelcomed)
        {
            _hosted.Lease?.Welcomed();
        }
    }

    private void Do(ConnectionEffect effect)
    {
        switch (effect)
        {
            case ConnectionEffect.SendToClient send:
                _metrics.OnSend(send.Frame);
                if (!_hosted.Link.TrySend(send.Frame))
                {
                    Self.Tell(new ConnectionInput.TooSlow());
                }

                break;
            case ConnectionEffect.SendToSession send:
                _setup.Sessions.Tell(send.Request);
                break;
            case ConnectionEffect.SendToChannel send:
                _setup.Channels.Tell(_metrics.OnSend(send.Request));
                break;
            case ConnectionEffect.Ask ask:
                Ask(ask);
                break;
            case ConnectionEffect.AwaitRoom:
                if (_hosted.Link.Outbound.AwaitRoom(this))
                {
                    Self.Tell(new ConnectionInput.Room());
                }

                break;
            case ConnectionEffect.Join join:
                Join(join);
                break;
            case ConnectionEffect.Begin begin when Find(begin.Channel) is { } subscriber:
                _setup.Feeds.Tell(new FeedCommand.Begin(subscriber, begin.WithRoster));
                break;
            case ConnectionEffect.Leave leave when Find(leave.Channel) is { } subscriber:
                _setup.Feeds.Tell(new FeedCommand.Leave(subscriber, leave.Withdraws));
                break;
            case ConnectionEffect.ShowPresence show when Find(show.Channel) is { } subscriber:
                _setup.Feeds.Tell(new FeedCommand.ShowPresence(subscriber, show.Member));
                break;
            case ConnectionEffect.SeePresence see when Find(see.Channel) is { } subscriber:
                _setup.Feeds.Tell(new FeedCommand.SeePresence(subscriber, see.Sees));
                break;
            case ConnectionEffect.Describe describe when Find(describe.Channel) is { } subscriber:
                _setup.Feeds.Tell(new FeedCommand.Describe(subscriber, describe.Tag));
                break;
            case ConnectionEffect.SendRoster roster when Find(roster.Channel) is { } subscriber:
                _setup.Feeds.Tell(new FeedCommand.SendRoster(subscriber));
                break;
            case ConnectionEffect.OverLimit over:
                _metrics.OnOverLimit(over.Scope, over.Kind);
                break;
            case ConnectionEffect.Close close:
                _metrics.OnClose(close.Goodbye.Code);
                _hosted.Link.Close(close.Goodbye);
                break;
            case ConnectionEffect.Abort:
                _hosted.Link.Abort();
                break;
            case ConnectionEffect.Stop:
                Context.Stop(Self);
                break;
        }
    }

    /// <summary>An answer that is there at once is stepped next, without a way through the mailbox.</summary>
    private void Ask(ConnectionEffect.Ask ask)
    {
        var asked = _setup.Application!.AskAsync(ask.Question);
        if (asked.IsCompletedSuccessfully)
        {
            (_decided ??= new Queue<ConnectionInput.Decided>()).Enqueue(new ConnectionInput.Decided(ask.Tag, asked.Result));
        }
        else
        {
            asked.AsTask().PipeTo(_self, success: verdict => new ConnectionInput.Decided(ask.Tag, verdict));
        }
    }

    private void Join(ConnectionEffect.Join join)
    {
        var subscriber = new Subscriber(
            join.Channel, _machine.Session, _machine.Attachment, join.From, _setup.Rules.Namespaces.Of(join.Channel).KeepsLog,
            _hosted.Link.Outbound, _hosted.Link.Codec, Self)
        {
            Presence = join.Presence, SeesPresence = join.SeesPresence,
        };
        (_subscribers ??= [])[join.Channel] = subscriber;
        _setup.Feeds.Tell(new FeedCommand.Join(subscriber));
    }

    private Subscriber? Find(ChannelName channel) => _subscribers?.GetValueOrDefault(channel);
}
