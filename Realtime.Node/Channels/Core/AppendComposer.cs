using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Channels.Core;

/// <summary>Gives publishes that have gathered their offsets and makes one append of them.</summary>
internal static class AppendComposer
{
    public static AppendRequest Compose(ChannelLog log, IReadOnlyList<PendingPublish> publishes, long now)
    {
        var messages = new List<LogMessage>(publishes.Count);
        var marks = new List<ProducerMark>();
        var counts = new Dictionary<ProducerId, long>();
        var offset = log.Head;
        long bytes = 0;
        foreach (var pending in publishes)
        {
            pending.Message = ToMessage(log, pending.Request, ++offset, now);
            messages.Add(pending.Message);
            bytes += pending.Message.Size;
            if (pending.Request is { Producer: { } producer, Sequence: { } sequence })
            {
                var count = counts.TryGetValue(producer, out var taken) ? taken : log.MarksOf(producer);
                marks.Add(new ProducerMark(producer, count, sequence, offset, now));
                counts[producer] = count + 1;
            }
        }

        var tail = log.TailAfter(messages.Count, bytes);
        return new AppendRequest(log.Id, log.Head, messages, marks, tail > log.KeptTail ? tail : null) { Fence = log.Fence };
    }

    public static LogMessage ToMessage(ChannelLog log, ChannelRequest.Publish request, long offset, long now) =>
        new(offset, request.Payload, Math.Max(now, log.LastAt), request.From, request.User) { Echo = request.Echo, Tags = request.Tags };
}
