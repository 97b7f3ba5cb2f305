using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// Answers every question of the form "what comes after this position?". There are four cases and no fifth: another life of the log,
/// ahead of it, trimmed, contiguous; all but the last are an explicit gap. What memory does not have is read from the log.
/// </summary>
internal sealed class LogReader(PresenceRoster roster, bool hasPresence, int rosterLimit)
{
    private readonly Dictionary<long, LogRead> _underWay = [];
    private long _lastTag;

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

    public void Subscribe(ChannelLog log, ChannelRequest.Subscribe request, Asker asker, long now, bool canRead, List<ChannelEffect> effects)
    {
        if (request.From is StartFrom.Ago ago)
        {
            var since = Since(ago, now);
            if (log.Before(since) is { } before)
            {
                PlaceAfter(log, request, before, asker, canRead, effects);
            }
            else
            {
                FindTime(new LogRead.Time(asker, request), since, canRead, effects);
            }

            return;
        }

        if (request.From is StartFrom.At { Position: var at })
        {
            var gap = GapAfter(log, at);
            Place(log, request, gap?.Position ?? at, gap is null, gap, asker, canRead, effects);
            return;
        }

        Place(log, request, new StreamPosition(log.Epoch, Before(log, request.From)), null, null, asker, canRead, effects);
    }

    public void Read(ChannelLog log, ChannelRequest.Read request, Asker asker, bool canRead, List<ChannelEffect> effects)
    {
        var gap = GapAfter(log, request.After);
        var after = gap?.Position.Offset ?? request.After.Offset;
        if (AtHand(log, after, request.PageMessages, request.PageBytes) is { } messages)
        {
            Send(asker, new ChannelReply.Page(asker.Tag, request.After, messages, log.HeadPosition, gap), effects);
        }
        else if (gap is not null)
        {
            // The reader learns of the gap first and asks again from behind it.
            Send(asker, new ChannelReply.Page(asker.Tag, request.After, [], log.HeadPosition, gap), effects);
        }
        else
        {
            ReadLog(new LogRead.Page(asker, request.After), after, request.PageMessages, request.PageBytes, canRead, effects);
        }
    }

    public void History(ChannelLog log, ChannelRequest.ReadHistory request, Asker asker, long now, bool canRead, List<ChannelEffect> effects)
    {
        switch (request.From)
        {
            case StartFrom.Ago ago when log.Before(Since(ago, now)) is { } before:
                HistoryAfter(log, request, before, asker, canRead, effects);
                break;
            case StartFrom.Ago ago:
                FindTime(new LogRead.Time(asker, request), Since(ago, now), canRead, effects);
                break;
            case StartFrom.At at when at.Position.Epoch != log.Epoch:
                Send(asker, new ChannelReply.Refused(asker.Tag, ErrorCode.BadRequest, "from is a position of another epoch of this channel"), effects);
                break;
            default:
                HistoryAfter(log, request, Before(log, request.From), asker, canRead, effects);
                break;
        }
    }

    /// <summary>What is past its age is being looked for.</summary>
    public bool FindsAge => _underWay.Values.Any(read => read is LogRead.Age);

    /// <summary>Looks for the end of what is past its age.</summary>
    public void FindAge(long at, List<ChannelEffect> effects) => FindTime(new LogRead.Age(), at, canRead: true, effects);

    public void PageRead(ChannelLog log, LogNews.PageRead news, long now, bool canRead, List<ChannelEffect> effects)
    {
        if (!_underWay.Remove(news.Tag, out var read))
        {
            return;
        }

        if (log.OldestGiven(now) is { } oldest && news.Messages.LastOrDefault(message => message.At < oldest) is { } expired)
        {
            log.Hide(expired.Offset + 1);
        }

        switch (read)
        {
            case LogRead.FirstPage first:
                var (page, hole) = LogPage.Contiguous(log, first.After, news);
                var follows = hole is null ? page : [];
                Send(read.Asker, first.Reply with { Messages = follows, Head = log.HeadPosition, Roster = RosterOf(first.Reply.Roster is not null) }, effects);
                break;
            case LogRead.Page reader:
                var (messages, gap) = LogPage.Contiguous(log, reader.After.Offset, news);
                Send(read.Asker, new ChannelReply.Page(read.Asker.Tag, reader.After, messages, log.HeadPosition, gap), effects);
                break;
            case LogRead.History history:
                FinishHistory(log, history, news, canRead, effects);
                break;
            default:
                throw new InvalidOperationException($"a page answers {read}");
        }
    }

    /// <returns>The last offset that is past its age, when that was looked for.</returns>
    public long? TimeFound(ChannelLog log, LogNews.TimeFound news, bool canRead, List<ChannelEffect> effects)
    {
        if (!_underWay.Remove(news.Tag, out var read))
        {
            return null;
        }

        switch (read)
        {
            case LogRead.Age:
                return news.Before;
            case LogRead.Time { Request: ChannelRequest.Subscribe request }:
                PlaceAfter(log, request, news.Before, read.Asker, canRead, effects);
                break;
            case LogRead.Time { Request: ChannelRequest.ReadHistory request }:
                HistoryAfter(log, request, news.Before, read.Asker, canRead, effects);
                break;
            default:
                throw new InvalidOperationException($"a time answers {read}");
        }

        return null;
    }

    public void ReadFailed(LogNews.ReadFailed news, List<ChannelEffect> effects)
    {
        if (_underWay.Remove(news.Tag, out var read))
        {
            Refuse(read, effects);
        }
    }

    /// <summary>The log's actor is gone, and what it was asked with it.</summary>
    public void Drop(List<ChannelEffect> effects)
    {
        foreach (var read in _underWay.Values)
        {
            Refuse(read, effects);
        }

        _underWay.Clear();
    }

    public PresenceSnapshot? RosterOf(bool isWanted) => isWanted && hasPresence ? roster.Snapshot(rosterLimit) : null;

    private void PlaceAfter(ChannelLog log, ChannelRequest.Subscribe request, long offset, Asker asker, bool canRead, List<ChannelEffect> effects) =>
        Place(log, request, new StreamPosition(log.Epoch, Math.Clamp(offset, log.Tail - 1, log.Head)), null, null, asker, canRead, effects);

    private void Place(
        ChannelLog log, ChannelRequest.Subscribe request, StreamPosition position, bool? recovered, GapNotice? gap, Asker asker, bool canRead,
        List<ChannelEffect> effects)
    {
        var reply = new ChannelReply.Subscribed(asker.Tag, position, log.HeadPosition, recovered, gap, [], RosterOf(request.WantsRoster));
        if (AtHand(log, position.Offset, request.PageMessages, request.PageBytes) is { } messages)
        {
            Send(asker, reply with { Messages = messages }, effects);
        }
        else
        {
            ReadLog(new LogRead.FirstPage(asker, reply, position.Offset), position.Offset, request.PageMessages, request.PageBytes, canRead, effects);
        }
    }

    /// <param name="bound">Forward: the page begins after it. Reverse: the page begins at it and goes down.</param>
    private void HistoryAfter(
        ChannelLog log, ChannelRequest.ReadHistory request, long bound, Asker asker, bool canRead, List<ChannelEffect> effects)
    {
        var after = Math.Max(bound, log.Tail - 1);
        var floor = after;
        var limit = request.PageMessages;
        if (request.Reverse)
        {
            var newest = Math.Min(request.From is StartFrom.At ? bound : log.Head, log.Head);
            floor = request.From is StartFrom.At or StartFrom.LiveEnd ? log.Tail - 1 : after;
            after = Math.Max(floor, newest - limit);
            limit = (int)Math.Max(0, newest - after);
        }

        var read = new LogRead.History(asker, after, limit, request.Reverse, floor);
        if (limit == 0 || after >= log.Head)
        {
            Send(asker, LogPage.ToHistory(log, read, []), effects);
        }
        else if (LogPage.AtHand(log, read) is { } messages)
        {
            Send(asker, LogPage.ToHistory(log, read, messages), effects);
        }
        else
        {
            ReadLog(read, after, limit, log.HistoryBytes, canRead, effects);
        }
    }

    private void FinishHistory(ChannelLog log, LogRead.History read, LogNews.PageRead news, bool canRead, List<ChannelEffect> effects)
    {
        var (messages, gap) = LogPage.Contiguous(log, read.After, news);
        if (read.Reverse && messages.Count > 0 && messages.Count < read.Limit && messages[^1].Offset < Math.Min(read.After + read.Limit, log.Head))
        {
            // The bytes were used up before the newest message, where a reverse page begins. Fewer messages up to that one fit, the half at most: sizes differ.
            var fewer = Math.Max(1, Math.Min(messages.Count, read.Limit / 2));
            var later = read with { After = read.After + read.Limit - fewer, Limit = fewer };
            ReadLog(later, later.After, fewer, log.HistoryBytes, canRead, effects);
            return;
        }

        if (read.Reverse && messages.Count == 0 && gap is { Position.Offset: var hole } && hole < Math.Min(read.After + read.Limit, log.Head))
        {
            // The page's older end cannot be read; what lies behind that can.
            var later = read with { After = hole, Limit = (int)(read.After + read.Limit - hole) };
            ReadLog(later, hole, later.Limit, log.HistoryBytes, canRead, effects);
            return;
        }

        var behind = messages.Count == 0 && gap is not null && !read.Reverse ? read with { After = gap.Position.Offset } : read;
        Send(read.Asker, LogPage.ToHistory(log, behind, messages), effects);
    }

    private static List<LogMessage>? AtHand(ChannelLog log, long after, int limit, int bytes) =>
        after == log.Head ? []
        : log.Recent.Covers(after + 1) ? log.Recent.Slice(after + 1, limit, bytes)
        : null;

    private static long Since(StartFrom.Ago ago, long now) => now - (long)(ago.Seconds * 1000);

    /// <summary>The offset before the first message a wish asks for.</summary>
    private static long Before(ChannelLog log, StartFrom from) => from switch
    {
        StartFrom.LiveEnd => log.Head,
        StartFrom.Beginning => log.Tail - 1,
        StartFrom.Last last => Math.Max(log.Tail - 1, log.Head - last.Count),
        StartFrom.At at => Math.Min(at.Position.Offset, log.Head),
        _ => throw new ArgumentOutOfRangeException(nameof(from), from, "has no place of its own"),
    };

    private void ReadLog(LogRead read, long after, int limit, int bytes, bool canRead, List<ChannelEffect> effects)
    {
        if (!canRead)
        {
            Refuse(read, effects);
            return;
        }

        _underWay.Add(++_lastTag, read);
        effects.Add(new ChannelEffect.ReadLog(_lastTag, after + 1, limit, bytes));
    }

    private void FindTime(LogRead read, long at, bool canRead, List<ChannelEffect> effects)
    {
        if (!canRead)
        {
            Refuse(read, effects);
            return;
        }

        _underWay.Add(++_lastTag, read);
        effects.Add(new ChannelEffect.FindTime(_lastTag, at, MovesTail: read is LogRead.Age));
    }

    private static void Refuse(LogRead read, List<ChannelEffect> effects)
    {
        switch (read)
        {
            case LogRead.Age:
                break;
            case LogRead.FirstPage first:
                Send(read.Asker, first.Reply, effects);
                break;
            default:
                Send(read.Asker, new ChannelReply.Refused(read.Asker.Tag, ErrorCode.Unavailable, "the store cannot be read now", 1000), effects);
                break;
        }
    }

    private static void Send(Asker asker, ChannelReply reply, List<ChannelEffect> effects) => effects.Add(new ChannelEffect.Send(asker.Ref, reply));
}
