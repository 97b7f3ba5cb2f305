using Akka.Actor;

namespace Realtime.Node.Feeds;

/// <summary>
/// Feeds of one hub that have lost the owners of their channels, some at a time: with a node that is gone thousands of channels start
/// elsewhere, and each is read back from the store.
/// </summary>
internal sealed class RelistenQueue(FeedPolicy policy, IScheduler scheduler, IActorRef hub)
{
    private readonly Queue<(HostedFeed Feed, long Attempt)> _waiting = new();
    private ICancelable? _timer;

    public void Add(HostedFeed feed)
    {
        _waiting.Enqueue((feed, feed.Attempt));
        SetTimer();
    }

    /// <summary>The pause is over.</summary>
    public void Next()
    {
        _timer = null;
        for (var i = 0; i < policy.ListensAtOnce && _waiting.TryDequeue(out var next);)
        {
            // One that has begun a later attempt since need not, and takes no turn.
            if (next.Feed.Attempt == next.Attempt)
            {
                next.Feed.Actor.Tell(new FeedMessage.ListenAnew(next.Attempt));
                i++;
            }
        }

        if (_waiting.Count > 0)
        {
            SetTimer();
        }
    }

    public void Stop() => _timer?.Cancel();

    private void SetTimer() =>
        _timer ??= scheduler.ScheduleTellOnceCancelable(policy.ListenPause, hub, FeedMessage.NextListens.Instance, hub);
}
