using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;

namespace Realtime.Node.Feeds;

/// <summary>A feed as its hub knows it.</summary>
/// <param name="progress">Where the feed says how far it has got.</param>
internal sealed class HostedFeed(ChannelName channel, IActorRef actor, ProgressCell progress)
{
    private readonly Queue<FeedCommand.Join> _untaken = new();

    public ChannelName Channel => channel;

    public IActorRef Actor => actor;

    /// <summary>Joins that were passed on to it, in all.</summary>
    public long Joins { get; private set; }

    /// <summary>The actor it believes; nobody: none.</summary>
    public IActorRef Owner { get; set; } = ActorRefs.Nobody;

    public long Attempt { get; set; }

    /// <summary>What it listens to is on another node.</summary>
    public bool IsRemote => Owner is IActorRefScope { IsLocal: false };

    public bool IsOwnedBy(Address node) => IsRemote && Owner.Path.Address.Equals(node);

    public FeedProgress Progress => progress.Latest;

    /// <summary>Renewals in a row that were not answered.</summary>
    public int SilentRenewals { get; set; }

    public void Join(FeedCommand.Join join)
    {
        ForgetTakenJoins();
        Joins++;
        _untaken.Enqueue(join);
        actor.Tell(join);
    }

    public void ForgetTakenJoins()
    {
        while (_untaken.TryPeek(out var join) && join.Subscriber.IsTaken)
        {
            _untaken.Dequeue();
        }
    }

    /// <summary>Joins that were in its mailbox when it failed.</summary>
    public IEnumerable<FeedCommand.Join> UntakenJoins() => _untaken.Where(join => !join.Subscriber.IsTaken);
}
