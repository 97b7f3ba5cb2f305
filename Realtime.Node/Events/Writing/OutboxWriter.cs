using System.Security.Cryptography;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Events.Core;

namespace Realtime.Node.Events.Writing;

/// <summary>
/// One per node: brings the reports of its entities to the outboxes, through the region of channels. Not each entity for itself: together they are few appends, and few producers that the logs have to remember.
/// </summary>
/// <param name="channels">The region, which starts after this.</param>
internal sealed class OutboxWriter(Func<IActorRef> channels) : UntypedActor
{
    private readonly Lane?[] _lanes = new Lane?[OutboxPartition.Count];
    private readonly List<LaneEffect> _effects = [];

    private static long Now => Context.System.Scheduler.Now.ToUnixTimeMilliseconds();

    public static Props PropsOf(Func<IActorRef> channels) => Props.Create<OutboxWriter>(channels);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Write write:
                Step(write.Partition, lane => lane.Add(Sender, write.Batch, Now, _effects));
                break;
            case Forget forget:
                Step(forget.Partition, lane => lane.Forget(Sender, Now, _effects));
                break;
            case ChannelReply reply:
                var (partition, number) = OutboxLane.OfTag(reply.Tag);
                Step(OutboxPartition.At(partition), lane => lane.OnReply(number, reply, Now, _effects));
                break;
            case Tick tick:
                _lanes[tick.Partition.Number]!.Timer = null;
                Step(tick.Partition, lane => lane.Tick(Now, _effects));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        foreach (var lane in _lanes)
        {
            lane?.Timer?.Cancel();
        }
    }

    private void Step(OutboxPartition partition, Action<OutboxLane> step)
    {
        var lane = _lanes[partition.Number] ??= new Lane(new OutboxLane(partition, ProducerId.OfServer(RandomNumberGenerator.GetBytes(16))));
        step(lane.Machine);
        foreach (var effect in _effects)
        {
            switch (effect)
            {
                case LaneEffect.Send send:
                    channels().Tell(send.Request, Self);
                    break;
                case LaneEffect.Written written:
                    written.To.Tell(new Written(written.Tag), Self);
                    break;
            }
        }

        _effects.Clear();
        SetTimer(partition, lane);
    }

    /// <summary>An earlier tick than is due does nothing, and the next one is set.</summary>
    private void SetTimer(OutboxPartition partition, Lane lane)
    {
        if (lane.Machine.Due is not { } due || (lane.Timer is not null && lane.At <= due))
        {
            return;
        }

        lane.Timer?.Cancel();
        lane.At = due;
        lane.Timer = Context.System.Scheduler.ScheduleTellOnceCancelable(TimeSpan.FromMilliseconds(Math.Max(1, due - Now)), Self, new Tick(partition), ActorRefs.NoSender);
    }

    /// <summary>From an entity; answered with <see cref="Written"/>. A later one takes its place unless it is under way.</summary>
    /// <param name="Partition">Of all its reports.</param>
    public sealed record Write(OutboxPartition Partition, ReportBatch Batch) : INoSerializationVerificationNeeded;

    /// <summary>From an entity that stops: what it gave is not to be written any more.</summary>
    public sealed record Forget(OutboxPartition Partition) : INoSerializationVerificationNeeded;

    /// <param name="Tag">Of the batch that is on the log.</param>
    public sealed record Written(long Tag) : INoSerializationVerificationNeeded;

    private sealed record Tick(OutboxPartition Partition) : INoSerializationVerificationNeeded;

    private sealed class Lane(OutboxLane machine)
    {
        public OutboxLane Machine => machine;

        public ICancelable? Timer { get; set; }

        /// <summary>When the timer ends, milliseconds since 1970.</summary>
        public long At { get; set; }
    }
}
