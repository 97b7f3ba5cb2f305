using Realtime.Cluster.Journal;
using Realtime.Cluster.Links;
using Realtime.Cluster.Sharding.Core;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>The messages of one shard: those of this node on their way to its owner, and those that other nodes have sent here. Guarded by the shard.</summary>
internal sealed class ShardTraffic(ShardId id, ShardServices services, ShardResidence here, RouteLimits limits)
{
    private readonly ShardRoute _route = new(limits);
    private readonly ForeignRequests _foreign = new(services, limits);
    private readonly List<RouteEffect> _effects = [];
    private ShardRow _row = new(id, 0, default);
    private long _changedAt;
    private bool _mine;
    private bool _performing;

    /// <summary>Where a message of this node may go without a look at anything else; null whenever something waits.</summary>
    public EntityRegion? Direct => _mine && _route.IsIdle ? here.Open?.Region : null;

    private bool IsOpen => _row.Owner == services.Self ? _mine && here.Open is not null && services.MayServe : services.IsUp(_row.Owner) && !IsHeldBack;

    /// <summary>
    /// Entities that were here are still stopping, and what they did not begin has to come before what would be sent to the new owner now. One that waits for the
    /// store for ever holds nobody up for longer than an old owner elsewhere does.
    /// </summary>
    private bool IsHeldBack => !here.IsEmpty && services.Now - _changedAt <= limits.Patience;

    /// <summary>Goes by this owner from now on, and sends, delivers or returns what need not wait any longer.</summary>
    public void Follow(ShardRow row, bool mine)
    {
        GoBy(row, mine);
        Reroute();
        Perform();
        _foreign.Settle(_row, here.Open, _mine);
    }

    public void Add(EntityAddress to, EntityMessage message, ReplyTo from)
    {
        Reroute();
        _route.Add(new Routed(services.NextTag(id), to, message, from, services.Now), _effects);
        Perform();
    }

    public void Take(Incarnation from, LinkFrame.Request request)
    {
        _foreign.Add(from, request);
        _foreign.Settle(_row, here.Open, _mine);
    }

    /// <returns>Who asked; null when nobody waits for it any more.</returns>
    public Routed? Answered(long tag)
    {
        var message = _route.Answered(tag, _effects);
        Perform();
        return message;
    }

    public void Returned(long tag, long epoch)
    {
        _route.Returned(tag, epoch, _effects);
        Perform();
    }

    public void Reset(Incarnation peer)
    {
        _route.Reset(peer, _effects);
        Reroute();
        Perform();
    }

    public void Tick()
    {
        _foreign.Expire();
        if (!_route.IsIdle)
        {
            Reroute();
            _route.Tick(services.Now, _effects);
            Perform();
        }
    }

    /// <summary>What the entities of a region that is no more did not begin goes where the shard is now, before everything that has come since.</summary>
    public void PassOn(ShardRow row, bool mine, ShardFence right, RegionRemains remains)
    {
        var waiting = _route.TakeWaiting();
        GoBy(row, mine);
        Reroute();
        var foreign = new List<(Incarnation From, LinkFrame.Request Request)>();
        foreach (var (address, input) in remains.Unhandled)
        {
            var message = (EntityMessage)input.Message;
            if (input.ReplyTo.Receiver is RemoteReplies replies)
            {
                foreign.Add((replies.Peer, new LinkFrame.Request(input.ReplyTo.Tag, id, right.Epoch, address, message)));
            }
            else
            {
                _route.Add(new Routed(services.NextTag(id), address, message, input.ReplyTo, services.Now), _effects);
            }
        }

        foreach (var message in waiting)
        {
            _route.Add(message with { Tag = services.NextTag(id) }, _effects);
        }

        _foreign.PutFirst(foreign);
    }

    private void GoBy(ShardRow row, bool mine)
    {
        if (row.Epoch != _row.Epoch)
        {
            _changedAt = services.Now;
        }

        (_row, _mine) = (row, mine);
    }

    /// <summary>Nobody waits for the answer: the asker went while its message waited for an owner.</summary>
    private static bool IsPointless(Routed message) => message.Message.IsOfItsAsker && message.From.Receiver is { IsGone: true };

    private void Reroute()
    {
        var awaited = _route.Awaited;
        _route.Follow(
            _row.Owner,
            _row.Epoch,
            here: _row.Owner == services.Self && here.Open is not null,
            IsOpen,
            lost: !awaited.IsNone && !services.IsMember(awaited),
            services.Now,
            _effects);
    }

    /// <summary>Does what the route says, in order.</summary>
    private void Perform()
    {
        if (_performing)
        {
            return;
        }

        _performing = true;
        var refused = false;
        for (var i = 0; i < _effects.Count; i++)
        {
            switch (_effects[i])
            {
                case RouteEffect.Send { Message: var message } when IsPointless(message):
                    _route.Answered(message.Tag, _effects);
                    break;
                case RouteEffect.Deliver { Message: var message } when IsPointless(message):
                    break;
                case RouteEffect.Send { Message: var message }:
                    // One that was not taken holds back those behind it, or they would overtake.
                    refused = refused || !services.Send(_row.Owner, new LinkFrame.Request(message.Tag, id, _row.Epoch, message.To, message.Message));
                    if (refused)
                    {
                        _route.NotTaken(message);
                    }

                    break;
                case RouteEffect.Deliver { Message: var message }:
                    if (here.Open is not { } host || !host.Region.TryDeliver(message.To, new EntityInput(message.Message, message.From)))
                    {
                        throw new InvalidOperationException("an open region refused a message");
                    }

                    break;
                case RouteEffect.Refuse refuse:
                    refuse.Message.From.Send(refuse.Reply);
                    break;
                case RouteEffect.Refresh:
                    services.Refresh();
                    break;
            }
        }

        _effects.Clear();
        _performing = false;
    }
}
