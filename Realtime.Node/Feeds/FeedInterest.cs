using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Feeds.Core;

namespace Realtime.Node.Feeds;

/// <summary>
/// Tells the channel that this feed listens, or does not any more, until it is answered; and the hub which actor is believed.
/// </summary>
internal sealed class FeedInterest(
    ChannelName channel, FeedSetup setup, RequestTags tags, FeedPresence? presence, IActorRef feed, IActorRef hub)
{
    private readonly ListenLease _lease = new();
    private long _tag;

    public LeaseState State => _lease.State;

    public IActorRef Owner => _lease.Owner;

    public long Attempt => _lease.Attempt;

    public bool IsHeld => _lease.State is LeaseState.Held;

    public bool IsHeldBy(IActorRef sender) => _lease.IsHeldBy(sender);

    /// <summary>Whether an answer with this tag belongs to the latest Listen or Unlisten.</summary>
    public bool IsAbout(long tag) => tag == _tag;

    /// <summary>Asks to listen, anew or again. No actor is believed until the answer is here.</summary>
    public void Listen()
    {
        if (IsHeld)
        {
            setup.Channels.Relistened.Add(1);
        }

        _lease.Ask(setup.Attempts.Next());
        _tag = tags.Next();
        var known = presence?.Known() ?? [];
        foreach (var part in known)
        {
            Tell(part);
        }

        if (known.Count == 0)
        {
            Tell(null);
        }

        hub.Tell(new FeedMessage.LeaseChanged(channel, ActorRefs.Nobody, _lease.Attempt));
    }

    /// <summary>Gives the lease back.</summary>
    public void Unlisten()
    {
        _lease.Return(setup.Attempts.Next());
        _tag = tags.Next();
        setup.Region.Tell(new ChannelRequest.Unlisten(channel, _tag, setup.Feed, _lease.Attempt), feed);
        hub.Tell(new FeedMessage.LeaseChanged(channel, ActorRefs.Nobody, _lease.Attempt));
    }

    /// <returns>Whether it answers the latest Listen.</returns>
    public bool TryHold(ChannelReply.Listening listening, IActorRef owner)
    {
        if (!_lease.TryHold(listening.Attempt, owner))
        {
            return false;
        }

        hub.Tell(new FeedMessage.LeaseChanged(channel, owner, listening.Attempt));
        return true;
    }

    /// <summary>The channel knows that this feed does not listen.</summary>
    public void End() => _lease.End();

    /// <summary>A second has passed.</summary>
    public void Tick()
    {
        if (!_lease.Tick())
        {
            return;
        }

        if (_lease.State is LeaseState.Asking)
        {
            Listen();
        }
        else if (_lease.HasReturnedEnough)
        {
            _lease.End();
        }
        else
        {
            Unlisten();
        }
    }

    private void Tell(PresenceSnapshot? known) =>
        setup.Region.Tell(new ChannelRequest.Listen(channel, _tag, setup.Feed, _lease.Attempt)
        {
            Known = known, Revision = presence?.Revision ?? -1,
        }, feed);
}
