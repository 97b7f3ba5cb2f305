using Realtime.Messages.Channels;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence;

namespace Realtime.Node.Channels.Core;

/// <summary>Shapes what memory or the log gave into a page.</summary>
internal static class LogPage
{
    /// <summary>What of a page may be given out: nothing past the committed head, nothing trimmed, and a hole never in silence.</summary>
    public static (IReadOnlyList<LogMessage> Messages, GapNotice? Gap) Contiguous(ChannelLog log, long after, LogNews.PageRead page)
    {
        if (after + 1 < log.Tail)
        {
            // Trimmed since it was asked for.
            return ([], new GapNotice(GapReason.Trimmed, new StreamPosition(log.Epoch, log.Tail - 1), after + 1, log.Tail - 1));
        }

        var count = 0;
        while (count < page.Messages.Count && page.Messages[count].Offset == after + 1 + count && page.Messages[count].Offset <= log.Head)
        {
            count++;
        }

        if (count == 0 && after < log.Head)
        {
            var last = Math.Min(page.Hole?.Last ?? (page.Messages is [var first, ..] ? first.Offset - 1 : log.Head), log.Head);
            return ([], new GapNotice(GapReason.Corrupt, new StreamPosition(log.Epoch, last), after + 1, last));
        }

        return (count == page.Messages.Count ? page.Messages : [.. page.Messages.Take(count)], null);
    }

    /// <summary>The page from what is kept in memory; null when that does not reach as far as the page may.</summary>
    public static List<LogMessage>? AtHand(ChannelLog log, LogRead.History read)
    {
        var recent = log.Recent;
        if (!read.Reverse)
        {
            return recent.Covers(read.After + 1) ? recent.Slice(read.After + 1, read.Limit, log.HistoryBytes) : null;
        }

        if (!recent.Covers(read.After + read.Limit))
        {
            return null;
        }

        var messages = recent.SliceBack(read.After + read.Limit, read.Limit, log.HistoryBytes);
        return messages.Count == read.Limit || messages[0].Offset > recent.First ? messages : null;
    }

    public static ChannelReply.HistoryPage ToHistory(ChannelLog log, LogRead.History read, IReadOnlyList<LogMessage> messages)
    {
        var last = messages.Count > 0 ? messages[^1].Offset : read.After;
        var first = messages.Count > 0 ? messages[0].Offset : read.After + 1;
        if (!read.Reverse)
        {
            return new ChannelReply.HistoryPage(read.Asker.Tag, messages, new StreamPosition(log.Epoch, last), log.HeadPosition, last < log.Head);
        }

        var down = messages.ToArray();
        Array.Reverse(down);

        // Nothing to read here says nothing of what is older.
        var more = first > Math.Max(read.Floor + 1, log.Tail);
        return new ChannelReply.HistoryPage(read.Asker.Tag, down, new StreamPosition(log.Epoch, first - 1), log.HeadPosition, more);
    }
}
