using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Publishing;

/// <summary>
/// Sends what the application publishes to the channels, for all requests of this node. A channel has one batch under way at a time: so order is kept when some of it has to be sent again, and what
/// gathers meanwhile makes the next batch.
/// </summary>
internal sealed class PublisherActor(IActorRef channels, TimeProvider time) : UntypedActor, IWithTimers
{
    /// <summary>How long a batch waits for its answers.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int BatchMessages = 1024;
    private const int BatchBytes = 512 * 1024;
    private const int MostWaiting = 16 * 1024;
    private const long MostWaitingBytes = 32 * 1024 * 1024;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ChannelName, Lane> _lanes = [];
    private readonly Dictionary<long, Lane> _byTag = [];
    private long _tag;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Publishes to send, in their order.</summary>
    public sealed record Send(IReadOnlyList<PublishOrder> Orders);

    private sealed record Resend(ChannelName Channel);

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }

    protected override void PreStart() => Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, Beat, Beat);

    protected override void PostStop()
    {
        foreach (var lane in _lanes.Values)
        {
            foreach (var order in lane.UnderWay.Values)
            {
                order.Waiter.Answered(order, null);
            }

            foreach (var order in lane.Waiting)
            {
                order.Waiter.Answered(order, new ChannelReply.Refused(0, ErrorCode.Unavailable, "the node stops", 1000));
            }
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ChannelReply reply:
                OnReply(reply);
                break;
            case Send send:
                OnSend(send.Orders);
                break;
            case Resend resend when _lanes.TryGetValue(resend.Channel, out var lane):
                lane.IsPausing = false;
                SendNext(lane);
                break;
            case Tick:
                OnTick();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnSend(IReadOnlyList<PublishOrder> orders)
    {
        Lane? last = null;
        var touched = orders.Count > 1 ? new HashSet<Lane>() : null;
        foreach (var order in orders)
        {
            if (last is null || last.Channel != order.Publish.Channel)
            {
                if (!_lanes.TryGetValue(order.Publish.Channel, out last))
                {
                    _lanes.Add(order.Publish.Channel, last = new Lane(order.Publish.Channel));
                }

                touched?.Add(last);
            }

            if (last.Waiting.Count >= MostWaiting || (last.WaitingBytes > 0 && last.WaitingBytes + order.Size > MostWaitingBytes))
            {
                order.Waiter.Answered(order, new ChannelReply.Refused(0, ErrorCode.Unavailable, "too many publishes wait on this channel", 500));
                continue;
            }

            last.Waiting.Enqueue(order);
            last.WaitingBytes += order.Size;
        }

        if (touched is null)
        {
            SendNext(last!);
            return;
        }

        foreach (var lane in touched)
        {
            SendNext(lane);
        }
    }

    private void SendNext(Lane lane)
    {
        if (lane.UnderWay.Count > 0 || lane.IsPausing)
        {
            return;
        }

        if (lane.Waiting.Count == 0 && lane.Again.Count == 0)
        {
            _lanes.Remove(lane.Channel);
            return;
        }

        lane.SentAt = time.GetTimestamp();
        lane.RepeatIn = RepeatAfter;
        var publishes = new List<ChannelRequest.Publish>(Math.Min(BatchMessages, lane.Waiting.Count + lane.Again.Count));
        var bytes = 0;

        // What is to be sent again came first.
        foreach (var order in lane.Again.Values)
        {
            Take(order);
        }

        lane.Again.Clear();
        while (publishes.Count < BatchMessages && lane.Waiting.TryPeek(out var next) && (publishes.Count == 0 || bytes + next.Size <= BatchBytes))
        {
            lane.Waiting.Dequeue();
            lane.WaitingBytes -= next.Size;
            Take(next);
        }

        Tell(lane, publishes);

        void Take(PublishOrder order)
        {
            var tag = ++_tag;
            order.SentAt = order.SentAt == 0 ? lane.SentAt : order.SentAt;
            lane.UnderWay.Add(tag, order);
            _byTag.Add(tag, lane);
            publishes.Add(order.Publish with { Tag = tag });
            bytes += order.Size;
        }
    }

    private void Tell(Lane lane, List<ChannelRequest.Publish> publishes) =>
        channels.Tell(publishes.Count == 1 ? publishes[0] : new ChannelRequest.PublishMany(lane.Channel, publishes), Self);

    private void OnReply(ChannelReply reply)
    {
        if (!_byTag.Remove(reply.Tag, out var lane) || !lane.UnderWay.Remove(reply.Tag, out var order))
        {
            return;
        }

        if (reply is ChannelReply.Retry && time.GetElapsedTime(order.SentAt) < Patience)
        {
            lane.Again.Add(reply.Tag, order);
        }
        else
        {
            order.Waiter.Answered(order, reply is ChannelReply.Retry ? new ChannelReply.Refused(0, ErrorCode.Unavailable, "the channel moves to another node", 1000) : reply);
        }

        if (lane.UnderWay.Count > 0)
        {
            return;
        }

        if (lane.Again.Count > 0)
        {
            // The channel is stopping; its successor is not there yet.
            lane.IsPausing = true;
            Timers.StartSingleTimer(lane, new Resend(lane.Channel), Again);
        }
        else
        {
            SendNext(lane);
        }
    }

    private void OnTick()
    {
        foreach (var lane in _lanes.Values.Where(lane => lane.UnderWay.Count > 0).ToList())
        {
            var waited = time.GetElapsedTime(lane.SentAt);
            if (waited >= Patience)
            {
                foreach (var (tag, order) in lane.UnderWay)
                {
                    _byTag.Remove(tag);
                    order.Waiter.Answered(order, null);
                }

                lane.UnderWay.Clear();
                SendNext(lane);
            }
            else if (waited >= lane.RepeatIn)
            {
                // Those with a key can be repeated harmlessly; the others may have been stored.
                lane.RepeatIn *= 2;
                List<ChannelRequest.Publish> known = [.. lane.UnderWay.Where(entry => entry.Value.Publish.Producer is not null).OrderBy(entry => entry.Key).Select(entry => entry.Value.Publish with { Tag = entry.Key })];
                if (known.Count > 0)
                {
                    Tell(lane, known);
                }
            }
        }
    }

    private sealed class Lane(ChannelName channel)
    {
        public ChannelName Channel => channel;

        public Queue<PublishOrder> Waiting { get; } = new();

        public long WaitingBytes { get; set; }

        public Dictionary<long, PublishOrder> UnderWay { get; } = [];

        /// <summary>To be sent again, in their order.</summary>
        public SortedDictionary<long, PublishOrder> Again { get; } = [];

        public long SentAt { get; set; }

        public TimeSpan RepeatIn { get; set; }

        public bool IsPausing { get; set; }
    }
}
