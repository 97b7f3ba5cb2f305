using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Channels.Core;

/// <summary>All of a log that lives in memory, between two owners.</summary>
/// <param name="Messages">From the tail to the head.</param>
public sealed record MemoryLog(KeptBounds Bounds, IReadOnlyList<ProducerMarks> Producers, IReadOnlyList<LogMessage> Messages)
{
    /// <summary>Of producers and messages in one page, unless a single one is larger.</summary>
    public const int PageBytes = 64 * 1024;

    private const int BytesPerMark = 8;

    private const int BytesPerProducer = 96;

    public KeeperMessage.Page Page(ChannelName channel, long attempt, int producers, long? after)
    {
        long bytes = 0;
        List<ProducerMarks> marks = [];
        for (var i = Math.Max(0, producers); i < Producers.Count && Fits(Producers[i].Marks.Count * BytesPerMark + BytesPerProducer, ref bytes); i++)
        {
            marks.Add(Producers[i]);
        }

        List<LogMessage> messages = [];
        for (var at = Math.Max(after + 1 ?? Bounds.Tail, Bounds.Tail); at <= Bounds.Head && Fits(SizeOf(Messages[(int)(at - Bounds.Tail)]), ref bytes); at++)
        {
            messages.Add(Messages[(int)(at - Bounds.Tail)]);
        }

        return new KeeperMessage.Page(channel, attempt, Bounds, producers, marks, messages);
    }

    private static bool Fits(int size, ref long bytes)
    {
        var fits = bytes == 0 || bytes + size <= PageBytes;
        bytes += size;
        return fits;
    }

    private static int SizeOf(LogMessage message) =>
        message.Size + (message.User?.Value.Length ?? 0) + message.Tags.Sum(tag => tag.Key.Length + tag.Value.Length + 8);
}
