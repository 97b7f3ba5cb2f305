using Akka.Actor;
using Akka.Routing;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster;

namespace Realtime.Node.Feeds;

/// <summary>
/// Parent of a part of this node's feeds, by channel: starts them, passes commands on, renews their interest, and stops those that have
/// nothing to do. Connections know the router in front of the parts only.
/// </summary>
internal sealed class FeedHub : UntypedActor
{
    private readonly FeedSetup _setup;
    private readonly Dictionary<ChannelName, HostedFeed> _feeds = [];

    /// <summary>Feeds that believe an actor, by the attempt that it answered.</summary>
    private readonly Dictionary<long, HostedFeed> _listening = [];
    private readonly PeerRenewals _peers;
    private readonly RelistenQueue _relistens;
    private readonly ICancelable _renewal;

    public FeedHub(FeedSetup setup)
    {
        _setup = setup;
        _peers = new PeerRenewals(setup, setup.Nodes ?? new RemoteActors(Context.System), Self);
        _relistens = new RelistenQueue(setup.Policy, Context.System.Scheduler, Self);
        var every = setup.Policy.RenewEvery;
        _renewal = Context.System.Scheduler.ScheduleTellRepeatedlyCancelable(every, every, Self, FeedMessage.Renew.Instance, Self);
    }

    /// <summary>The router; takes <see cref="FeedCommand"/>s.</summary>
    public static Props PropsOf(FeedSetup setup) => Props.Create(() => new FeedHub(setup))
        .WithRouter(new ConsistentHashingPool(setup.Policy.Hubs).WithSupervisorStrategy(Restarting));

    /// <summary>
    /// A hub restarts in its place, for the router hashes over the hubs there are. Its feeds stop with it and tell their connections, so
    /// nothing is forgotten behind the reference.
    /// </summary>
    private static SupervisorStrategy Restarting { get; } = new OneForOneStrategy(static _ => Directive.Restart);

    /// <summary>A feed that fails stops: its subscribers resume from their own positions.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, OnFailure, loggingEnabled: false);

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(NodeRemoved));

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _renewal.Cancel();
        _relistens.Stop();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FeedCommand.Join join:
                Join(join);
                break;
            case FeedCommand command:
                Forward(command);
                break;
            case FeedMessage.Renew:
                Renew();
                break;
            case ChannelReply.Renewed renewed:
                OnRenewed(renewed);
                break;
            case HubMessage.Renewed page:
                OnPageRenewed(page);
                break;
            case NodeRemoved removed:
                OnNodeRemoved(removed.Node);
                break;
            case FeedMessage.NextListens:
                _relistens.Next();
                break;
            case FeedMessage.LeaseChanged changed when Find(changed.Channel, Sender) is { } feed:
                OnLeaseChanged(feed, changed);
                break;
            case FeedMessage.Idle idle when Find(idle.Channel, Sender) is { } feed && feed.Joins == idle.Joins:
                Remove(feed);
                Context.Unwatch(feed.Actor);
                Context.Stop(feed.Actor);
                break;
            case Terminated terminated:
                OnFailed(terminated.ActorRef);
                break;
            case FeedMessage:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>The sender is the feed that failed.</summary>
    private Directive OnFailure(Exception failure)
    {
        if (Find(Sender) is { } feed)
        {
            _setup.Log.FeedFailed(feed.Channel.Value, failure);
        }

        return Directive.Stop;
    }

    private void Join(FeedCommand.Join join)
    {
        if (!_feeds.TryGetValue(join.Channel, out var feed))
        {
            var progress = new ProgressCell();
            var actor = Context.ActorOf(ChannelFeed.PropsOf(join.Channel, _setup.Namespaces.Of(join.Channel), _setup, progress));
            feed = new HostedFeed(join.Channel, actor, progress);
            Context.Watch(feed.Actor);
            _feeds.Add(join.Channel, feed);
        }

        feed.Join(join);
    }

    private void Forward(FeedCommand command)
    {
        if (command is FeedCommand.Leave leave)
        {
            leave.Subscriber.MarkLeft();
        }

        if (_feeds.TryGetValue(command.Channel, out var feed))
        {
            feed.Actor.Forward(command);
            return;
        }

        switch (command)
        {
            case FeedCommand.Leave left:
                left.Subscriber.Connection.Tell(new FeedEvent.Left(left.Subscriber));
                break;
            case FeedCommand.Inspect inspect:
                Sender.Tell(new FeedEvent.Inspected(inspect.Subscriber, null, inspect.Tag));
                break;
            case FeedCommand.CountSubscribers count:
                Sender.Tell(new ChannelSubscriberCount(count.Channel, 0, 0));
                break;
            default:
                break; // Its feed has failed, and the connection has been told.
        }
    }

    /// <summary>
    /// Asks the owners of channels whether they know of their feeds here: a batch may have been lost, and an owner that failed tells no
    /// feed. Owners on other nodes are asked in pages.
    /// </summary>
    private void Renew()
    {
        foreach (var feed in _feeds.Values)
        {
            feed.ForgetTakenJoins();
        }

        List<HostedFeed> remote = [];
        foreach (var feed in _listening.Values)
        {
            if (++feed.SilentRenewals > _setup.Policy.SilentRenewals)
            {
                _relistens.Add(feed);
            }
            else if (feed.IsRemote)
            {
                remote.Add(feed);
            }
            else
            {
                feed.Owner.Tell(new ChannelRequest.Renew(feed.Channel, feed.Attempt, _setup.Feed, feed.Attempt));
            }
        }

        _peers.Renew(remote);
    }

    private void OnRenewed(ChannelReply.Renewed renewed)
    {
        if (_listening.TryGetValue(renewed.Attempt, out var feed))
        {
            feed.SilentRenewals = 0;
            feed.Actor.Forward(renewed);
        }
    }

    /// <summary>The owners' node answers, and says which of the channels do not run there.</summary>
    private void OnPageRenewed(HubMessage.Renewed page)
    {
        _peers.OnRenewed(page.Page);
        foreach (var attempt in page.Unknown)
        {
            if (_listening.TryGetValue(attempt, out var feed))
            {
                _relistens.Add(feed);
            }
        }
    }

    /// <summary>Also those that ask already try again: they wait for the next time of an ever slower repetition.</summary>
    private void OnNodeRemoved(Address node)
    {
        _peers.Forget(node);
        foreach (var feed in _feeds.Values)
        {
            if (feed.Owner.IsNobody() || feed.IsOwnedBy(node))
            {
                _relistens.Add(feed);
            }
        }
    }

    private void OnFailed(IActorRef actor)
    {
        if (Find(actor) is not { } feed)
        {
            return;
        }

        Remove(feed);
        foreach (var join in feed.UntakenJoins())
        {
            Join(join);
        }
    }

    private void OnLeaseChanged(HostedFeed feed, FeedMessage.LeaseChanged changed)
    {
        _listening.Remove(feed.Attempt);
        (feed.Owner, feed.Attempt, feed.SilentRenewals) = (changed.Owner, changed.Attempt, 0);
        if (!changed.Owner.IsNobody())
        {
            _listening.Add(feed.Attempt, feed);
        }
    }

    private HostedFeed? Find(IActorRef actor) => _feeds.Values.FirstOrDefault(hosted => hosted.Actor.Equals(actor));

    private HostedFeed? Find(ChannelName channel, IActorRef actor) =>
        _feeds.TryGetValue(channel, out var feed) && feed.Actor.Equals(actor) ? feed : null;

    private void Remove(HostedFeed feed)
    {
        _feeds.Remove(feed.Channel);
        _listening.Remove(feed.Attempt);
    }
}
