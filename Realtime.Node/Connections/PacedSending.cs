using Akka.Actor;

namespace Realtime.Node.Connections;

/// <summary>Sends messages a few at a time: what a node's loss makes thousands of, so that what they start does not start at once.</summary>
internal sealed class PacedSending(IScheduler scheduler, IActorRef self)
{
    /// <summary>With 16 parts 25,600 a second, as many as shards start entities.</summary>
    public const int AtOnce = 32;

    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Before the first ones: shard regions hear of a loss at about the same time, and send to the lost node until they have.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly Queue<(IActorRef To, object Message)> _waiting = new();
    private ICancelable? _timer;

    public void Add(IActorRef to, object message)
    {
        _waiting.Enqueue((to, message));
        _timer ??= scheduler.ScheduleTellOnceCancelable(FirstPause, self, Next.Instance, self);
    }

    /// <summary><see cref="Next"/> has come.</summary>
    public void SendNext()
    {
        for (var i = 0; i < AtOnce && _waiting.TryDequeue(out var next); i++)
        {
            next.To.Tell(next.Message, self);
        }

        _timer = _waiting.Count > 0 ? scheduler.ScheduleTellOnceCancelable(Pause, self, Next.Instance, self) : null;
    }

    public void Cancel() => _timer?.Cancel();

    public sealed class Next : INoSerializationVerificationNeeded
    {
        public static Next Instance { get; } = new();
    }
}
