using Realtime.Messages.Channels;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Channels.Core;

/// <summary>Gives publishes that have gathered their offsets and makes one event of them.</summary>
internal static class AppendComposer
{
    public static JournalEvent.ChannelAppended Compose(ChannelLog log, IReadOnlyList<PendingPublish> publishes, long now)
    {
        var messages = new List<LoggedMessage>(publishes.Count);
        var offset = log.Head;
        long bytes = 0;
        foreach (var pending in publishes)
        {
            pending.Message = ToMessage(log, pending.Request, ++offset, now);
            messages.Add(ToLogged(pending.Request, pending.Message));
            bytes += pending.Message.Size;
        }

        var tail = log.TailAfter(messages.Count, bytes);
        return new JournalEvent.ChannelAppended(messages, tail > log.KeptTail ? tail : null);
    }

    public static LogMessage ToMessage(ChannelLog log, ChannelRequest.Publish request, long offset, long now) =>
        new(offset, request.Payload, Math.Max(now, log.LastAt), request.From, request.User)
        {
            Echo = request.Echo, Tags = request.Tags, Except = request.Except, Expires = request.Expires,
        };

    public static LoggedMessage ToLogged(ChannelRequest.Publish request, LogMessage message) =>
        request is { Producer: { } producer, Sequence: { } sequence } ? new LoggedMessage(message, producer, sequence) : new LoggedMessage(message);
}
