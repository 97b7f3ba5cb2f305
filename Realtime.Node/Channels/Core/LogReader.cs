using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// Answers every question of the form "what comes after this position?". There are four cases and no fifth: another life of the log,
/// ahead of it, trimmed, contiguous; all but the last are an explicit gap.
/// </summary>
public static class LogReader
{
    /// <summary>What stands between a position and the messages of this log; null when they follow it.</summary>
    public static GapNotice? GapAfter(ChannelLog log, StreamPosition after)
    {
        if (after.Epoch != log.Epoch)
        {
            return new GapNotice(GapReason.Epoch, new StreamPosition(log.Epoch, log.Tail - 1));
        }

        if (after.Offset > log.Head)
        {
            return new GapNotice(GapReason.Ahead, log.HeadPosition);
        }

        return after.Offset + 1 < log.Tail
            ? new GapNotice(GapReason.Trimmed, new StreamPosition(log.Epoch, log.Tail - 1), after.Offset + 1, log.Tail - 1)
            : null;
    }

    public static void Locate(ChannelLog log, ChannelRequest.Locate request, ReplyTo to, long now, List<ChannelEffect> effects)
    {
        switch (request.From)
        {
            case StartFrom.Ago ago:
                effects.Add(new ChannelEffect.FindTime(to, request, now - (long)(ago.Seconds * 1000)));
                return;
            case StartFrom.At at:
                var gap = GapAfter(log, at.Position);
                Reply(new ChannelReply.Located(gap?.Position ?? at.Position, log.HeadPosition, gap is null, gap));
                return;
            default:
                Reply(new ChannelReply.Located(new StreamPosition(log.Epoch, Before(log, request.From)), log.HeadPosition, null, null));
                return;
        }

        void Reply(ChannelReply.Located reply) => effects.Add(new ChannelEffect.Reply(to, reply));
    }

    public static void Read(ChannelLog log, ChannelRequest.Read request, ReplyTo to, List<ChannelEffect> effects)
    {
        var gap = GapAfter(log, request.After);
        var after = gap?.Position.Offset ?? request.After.Offset;
        if (after == log.Head || log.Recent.Covers(after + 1))
        {
            IReadOnlyList<LogMessage> messages =
                after == log.Head ? [] : log.Recent.Slice(after + 1, request.Limit, request.MaxBytes);
            effects.Add(new ChannelEffect.Reply(to, new ChannelReply.Page(request.After, messages, log.HeadPosition, gap)));
        }
        else if (gap is not null)
        {
            // The reader is told of the gap first and asks again from behind it.
            effects.Add(new ChannelEffect.Reply(to, new ChannelReply.Page(request.After, [], log.HeadPosition, gap)));
        }
        else
        {
            effects.Add(new ChannelEffect.ReadStore(new LogRead(to, after, request.Limit, request.MaxBytes)));
        }
    }

    public static void History(ChannelLog log, ChannelRequest.ReadHistory request, ReplyTo to, long now, List<ChannelEffect> effects)
    {
        if (request.From is StartFrom.Ago ago)
        {
            effects.Add(new ChannelEffect.FindTime(to, request, now - (long)(ago.Seconds * 1000)));
            return;
        }

        if (request.From is StartFrom.At at && at.Position.Epoch != log.Epoch)
        {
            effects.Add(new ChannelEffect.Reply(
                to, new EntityReply.Refused(ErrorCode.BadRequest, "from is a position of another epoch of this channel")));
            return;
        }

        HistoryAfter(log, request, Before(log, request.From), to, effects);
    }

    /// <param name="bound">Forward: the page begins after it. Reverse: the page begins at it and goes down.</param>
    public static void HistoryAfter(
        ChannelLog log, ChannelRequest.ReadHistory request, long bound, ReplyTo to, List<ChannelEffect> effects)
    {
        var after = Math.Max(bound, log.Tail - 1);
        var limit = request.Limit;
        if (request.Reverse)
        {
            var newest = Math.Min(request.From is StartFrom.At ? bound : log.Head, log.Head);
            var floor = request.From is StartFrom.At or StartFrom.LiveEnd ? log.Tail - 1 : after;
            after = Math.Max(floor, newest - limit);
            limit = (int)Math.Max(0, newest - after);
        }

        var read = new LogRead(to, after, limit, log.HistoryBytes, IsHistory: true, request.Reverse);
        if (limit == 0 || after >= log.Head)
        {
            effects.Add(new ChannelEffect.Reply(to, Page(log, read, [])));
        }
        else if (AtHand(log, read) is { } messages)
        {
            effects.Add(new ChannelEffect.Reply(to, Page(log, read, messages)));
        }
        else
        {
            effects.Add(new ChannelEffect.ReadStore(read));
        }
    }

    /// <summary>The store has answered: shape what it gave for whoever asked.</summary>
    public static void Finish(ChannelLog log, LogRead read, LogSlice? slice, List<ChannelEffect> effects)
    {
        if (slice is null)
        {
            effects.Add(new ChannelEffect.Reply(
                read.To, new EntityReply.Refused(ErrorCode.Unavailable, "the store cannot be read now", 1000)));
            return;
        }

        var (messages, gap) = Contiguous(log, read.After, slice);
        if (read.Reverse && messages.Count > 0 && messages.Count < read.Limit && messages[^1].Offset < Math.Min(read.After + read.Limit, log.Head))
        {
            // The bytes were used up before the newest message, where a reverse page begins. Fewer messages up to that one fit, the half at most: sizes differ.
            var fewer = Math.Max(1, Math.Min(messages.Count, read.Limit / 2));
            effects.Add(new ChannelEffect.ReadStore(read with { After = read.After + read.Limit - fewer, Limit = fewer }));
            return;
        }

        EntityReply reply = read.IsHistory
            ? Page(log, messages.Count == 0 && gap is { Position: var behind } && !read.Reverse ? read with { After = behind.Offset } : read, messages)
            : new ChannelReply.Page(new StreamPosition(log.Epoch, read.After), messages, log.HeadPosition, gap);
        effects.Add(new ChannelEffect.Reply(read.To, reply));
    }

    /// <summary>The page from what is kept in memory; null when that does not reach as far as the page may.</summary>
    private static List<LogMessage>? AtHand(ChannelLog log, LogRead read)
    {
        var recent = log.Recent;
        if (!read.Reverse)
        {
            return recent.Covers(read.After + 1) ? recent.Slice(read.After + 1, read.Limit, read.MaxBytes) : null;
        }

        if (!recent.Covers(read.After + read.Limit))
        {
            return null;
        }

        var messages = recent.SliceBack(read.After + read.Limit, read.Limit, read.MaxBytes);
        return messages.Count == read.Limit || messages[0].Offset > recent.First ? messages : null;
    }

    /// <summary>The offset before the first message a wish asks for.</summary>
    private static long Before(ChannelLog log, StartFrom from) => from switch
    {
        StartFrom.LiveEnd => log.Head,
        StartFrom.Beginning => log.Tail - 1,
        StartFrom.Last last => Math.Max(log.Tail - 1, log.Head - last.Count),
        StartFrom.At at => Math.Min(at.Position.Offset, log.Head),
        _ => throw new ArgumentOutOfRangeException(nameof(from), from, "has no place of its own"),
    };

    private static (IReadOnlyList<LogMessage> Messages, GapNotice? Gap) Contiguous(ChannelLog log, long after, LogSlice slice)
    {
        // The store may be ahead of what it has reported. Whoever were given that already and came back with its position would be told
        // that it is ahead of the log.
        var head = Math.Min(slice.Head, log.Head);
        var tail = Math.Min(slice.Tail, head + 1);
        GapNotice? gap = null;
        var expected = after + 1;
        if (expected < tail)
        {
            expected = tail;
            gap = new GapNotice(GapReason.Trimmed, new StreamPosition(log.Epoch, expected - 1), after + 1, expected - 1);
        }

        var count = 0;
        foreach (var message in slice.Messages)
        {
            if (message.Offset != expected + count || message.Offset > head)
            {
                break;
            }

            count++;
        }

        if (count == 0 && expected <= head)
        {
            // The store lost a part: say so up to where it goes on, never skip it in silence.
            var next = slice.Messages.Count > 0 ? Math.Min(slice.Messages[0].Offset, head + 1) : head + 1;
            return ([], new GapNotice(GapReason.Corrupt, new StreamPosition(log.Epoch, next - 1), after + 1, next - 1));
        }

        return (count == slice.Messages.Count ? slice.Messages : [.. slice.Messages.Take(count)], gap);
    }

    private static ChannelReply.HistoryPage Page(ChannelLog log, LogRead read, IReadOnlyList<LogMessage> messages)
    {
        var last = messages.Count > 0 ? messages[^1].Offset : read.After;
        var first = messages.Count > 0 ? messages[0].Offset : read.After + 1;
        if (!read.Reverse)
        {
            return new ChannelReply.HistoryPage(messages, new StreamPosition(log.Epoch, last), log.HeadPosition, last < log.Head);
        }

        var down = messages.ToArray();
        Array.Reverse(down);
        return new ChannelReply.HistoryPage(
            down, new StreamPosition(log.Epoch, first - 1), log.HeadPosition, messages.Count > 0 && first > log.Tail);
    }
}
