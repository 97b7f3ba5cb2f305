namespace Realtime.Tests.Cluster.Checking;

/// <summary>I3a, I4a, I4b for readers: every stream contiguous or with an explicit gap, the same messages everywhere, and at the head in the end.</summary>
internal static class StreamRules
{
    public static IEnumerable<Violation> Check(RunHistory history, FinalState final)
    {
        var seen = new Dictionary<(string Channel, string Epoch, long Offset), string>();
        foreach (var stream in history.Streams)
        {
            foreach (var violation in Follow(stream, history, final, seen))
            {
                yield return violation;
            }
        }

        foreach (var violation in AtTheHead(history, final))
        {
            yield return violation;
        }
    }

    private static IEnumerable<Violation> Follow(
        ReaderStream stream, RunHistory history, FinalState final, Dictionary<(string Channel, string Epoch, long Offset), string> seen)
    {
        var promise = history.Channels[stream.Channel];
        var rows = promise == ChannelPromise.Journal ? final.Logs.GetValueOrDefault(stream.Channel) : null;
        (string Epoch, long Offset)? at = null;
        foreach (var item in stream.Events)
        {
            switch (item)
            {
                case StreamEvent.Subscribed subscribed:
                    at ??= (subscribed.Epoch, subscribed.Offset);
                    break;
                case StreamEvent.Message message:
                    if (at is null)
                    {
                        yield return new Violation("I4a", $"{stream} got {message} before it was subscribed");
                    }
                    else if (message.Epoch != at.Value.Epoch || message.Offset != at.Value.Offset + 1)
                    {
                        yield return new Violation("I4a", $"{stream} got {message.Id} at {message.Epoch}:{message.Offset} after {at.Value.Epoch}:{at.Value.Offset}, without a gap");
                    }

                    at = (message.Epoch, message.Offset);
                    if (!seen.TryAdd((stream.Channel, message.Epoch, message.Offset), message.Id) && seen[(stream.Channel, message.Epoch, message.Offset)] is var other && other != message.Id)
                    {
                        yield return new Violation("I3a", $"{stream} got {message.Id} at {message.Epoch}:{message.Offset}, where another got {other}");
                    }

                    if (promise == ChannelPromise.Journal && !Holds(rows, message))
                    {
                        yield return new Violation("I2", $"{stream} got {message.Id} at {message.Epoch}:{message.Offset}, which the journal does not hold there");
                    }

                    break;
                case StreamEvent.Gap gap:
                    foreach (var violation in OfGap(stream, promise, history.Gentle, gap, at))
                    {
                        yield return violation;
                    }

                    at = (gap.Epoch, gap.Offset);
                    break;
                default:
                    throw new InvalidOperationException($"no such event: {item}");
            }
        }
    }

    /// <summary>Nothing is trimmed and no database is failed over in a run, so a journal never has a reason for a gap; a memory log only to be born anew.</summary>
    private static IEnumerable<Violation> OfGap(ReaderStream stream, ChannelPromise promise, bool gentle, StreamEvent.Gap gap, (string Epoch, long Offset)? at)
    {
        if (gentle)
        {
            yield return new Violation("I9", $"{stream} was told of a gap although nobody died: {gap}");
        }
        else if (promise == ChannelPromise.Journal)
        {
            yield return new Violation("I4a", $"{stream} was told of a gap in a journal that was never trimmed: {gap}, after {at}");
        }
        else if (gap.Reason != "epoch")
        {
            yield return new Violation("I4a", $"{stream} was told of a gap other than a new epoch: {gap}, after {at}");
        }

        if (at is { } before && gap is { First: { } first, Last: { } last } && gap.Epoch == before.Epoch && (first != before.Offset + 1 || last != gap.Offset))
        {
            yield return new Violation("I4a", $"{stream} was told of a gap that is not the hole: {gap}, after {before}");
        }
    }

    private static bool Holds(FinalLog? log, StreamEvent.Message message) =>
        log is not null && log.Epoch == message.Epoch && message.Offset >= log.Tail && message.Offset - log.Tail < log.Rows.Count
        && log.Rows[(int)(message.Offset - log.Tail)] is var row && row.Key == message.Offset && row.Value == message.Id;

    private static IEnumerable<Violation> AtTheHead(RunHistory history, FinalState final)
    {
        foreach (var group in history.Streams.Where(stream => stream.IsOpen).GroupBy(stream => stream.Channel))
        {
            var heads = history.Channels[group.Key] == ChannelPromise.Journal && final.Logs.TryGetValue(group.Key, out var log)
                ? [(log.Epoch, log.Head)]
                : group.Select(stream => stream.Position).Distinct().ToArray();
            foreach (var stream in group.Where(stream => heads.Length > 1 || stream.Position != heads[0]))
            {
                yield return new Violation("I4b", $"{stream} stands at {stream.Position} and not at the head: {string.Join(" or ", heads)}");
            }
        }
    }
}
