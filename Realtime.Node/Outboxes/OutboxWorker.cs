using Akka.Actor;
using Akka.Streams;
using Realtime.Node.Cluster;
using Realtime.Node.Events;

namespace Realtime.Node.Outboxes;

/// <summary>The cluster's one worker of an outbox. It brings the outbox's events to each target by itself, so that a slow one holds up no other.</summary>
#pragma warning disable CA1001 // It has no timer, and its runs may still look at it.
internal sealed class OutboxWorker : UntypedActor
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<DeliveryRun> _runs;
    private readonly List<Task> _done = [];
    private bool _isStopping;

    private readonly HostedWorkers _hosted;

    public OutboxWorker(DeliverySetup setup, OutboxPartition partition)
    {
        _hosted = setup.Hosted;
        _runs = [.. setup.Targets.Select((target, i) => new DeliveryRun(setup, partition, target, asks: i == 0))];
    }

    public static Props PropsOf(DeliverySetup setup, OutboxPartition partition) => Props.Create(() => new OutboxWorker(setup, partition));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(NodeRemoved));
        var materializer = Context.Materializer();
        _hosted.Add(this, FinishAsync);
        _done.AddRange(_runs.Select(run => Task.Run(() => run.RunAsync(materializer, _stopping.Token))));
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _hosted.Remove(this);
        _stopping.Cancel();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case NodeRemoved:
                _runs.ForEach(run => run.AskAnew());
                break;
            case Stop when !_isStopping:
                _isStopping = true;
                FinishAsync().PipeTo(Self, success: () => Stopped.Instance, failure: _ => Stopped.Instance);
                break;
            case Stop:
                break;
            case Stopped:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private async Task FinishAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_done).ConfigureAwait(false);
    }

    /// <summary>Its outbox goes to another node, or its node stops.</summary>
    internal sealed class Stop : INoSerializationVerificationNeeded
    {
        public static Stop Instance { get; } = new();
    }

    private sealed class Stopped : INoSerializationVerificationNeeded
    {
        public static Stopped Instance { get; } = new();
    }
}
