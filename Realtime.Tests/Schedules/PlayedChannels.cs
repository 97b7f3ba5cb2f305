using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Publishing;

namespace Realtime.Tests.Schedules;

/// <summary>Channels as far as schedules need them: logs that take a number of a producer once. What becomes of each publish a test decides.</summary>
internal sealed class PlayedChannels(PlayedChannels.Book book) : UntypedActor
{
    public enum Fate
    {
        Stored,
        StoredUnanswered,
        LostUnanswered,
        Refused,
    }

    /// <summary>What the channels hold; safe to look at from the test.</summary>
    internal sealed class Book(TimeProvider time)
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<ChannelName, List<LogMessage>> _logs = [];
        private readonly Dictionary<(ChannelName, ProducerId, long), long> _numbers = [];

        public static Epoch Epoch { get; } = new(7);

        public Func<ChannelRequest.Publish, Fate> Fates { get; set; } = _ => Fate.Stored;

        public IReadOnlyList<LogMessage> Of(ChannelName channel)
        {
            lock (_lock)
            {
                return [.. _logs.GetValueOrDefault(channel, [])];
            }
        }

        public ChannelReply? Publish(ChannelRequest.Publish publish)
        {
            lock (_lock)
            {
                var fate = Fates(publish);
                if (fate is Fate.Refused or Fate.LostUnanswered)
                {
                    return fate is Fate.Refused ? new ChannelReply.Refused(0, ErrorCode.Unavailable, "the store does not answer", 100) : null;
                }

                var log = _logs.TryGetValue(publish.Channel, out var there) ? there : _logs[publish.Channel] = [];
                var isRepeat = publish.Producer is { } producer && _numbers.TryGetValue((publish.Channel, producer, publish.Sequence!.Value), out var offset);
                if (!isRepeat)
                {
                    if (publish.Expected is { } expected && expected.Offset != log.Count)
                    {
                        return new ChannelReply.Refused(0, ErrorCode.Conflict, "the channel ends elsewhere");
                    }

                    log.Add(new LogMessage(log.Count + 1, publish.Payload, time.GetUtcNow().ToUnixTimeMilliseconds()) { Tags = publish.Tags, Expires = publish.Expires });
                    if (publish.Producer is { } writer)
                    {
                        _numbers.Add((publish.Channel, writer, publish.Sequence!.Value), log.Count);
                    }
                }

                var at = publish.Producer is { } known ? _numbers[(publish.Channel, known, publish.Sequence!.Value)] : log.Count;
                return fate is Fate.StoredUnanswered ? null : new ChannelReply.Published(0, new StreamPosition(Epoch, at)) { IsRepeat = isRepeat };
            }
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PublisherActor.Send send:
                foreach (var order in send.Orders)
                {
                    order.Waiter.Answered(order, book.Publish(order.Publish));
                }

                break;
            case ChannelRequest.Read read:
                var log = book.Of(read.Channel);
                Sender.Tell(new ChannelReply.Page(
                    read.Tag, read.After, [.. log.Skip((int)read.After.Offset).Take(read.PageMessages)], new StreamPosition(Book.Epoch, log.Count), read.After.IsNone ? new GapNotice(GapReason.Epoch, new StreamPosition(Book.Epoch, 0)) : null));
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
