using Realtime.Messages.Ids;

namespace Realtime.Messages.Channels;

/// <summary>The sequence numbers of one producer that are remembered, oldest first.</summary>
/// <param name="LastAt">When it last published, milliseconds since 1970.</param>
/// <param name="Forgotten">Numbers up to this one can no longer be judged (<c>seq_expired</c>); null when every number can.</param>
public sealed record ProducerMarks(ProducerId Producer, long LastAt, long? Forgotten, IReadOnlyList<ProducerMarks.Mark> Marks)
{
    public readonly record struct Mark(long Sequence, long Offset);

    /// <summary>The highest number that this producer is known to have used; null when there is none.</summary>
    public long? Highest => Marks.Count == 0 ? Forgotten : Math.Max(Marks.Max(mark => mark.Sequence), Forgotten ?? long.MinValue);

    /// <summary>
    /// Keeps at most <paramref name="most"/> marks over all producers, those of the latest publishers. The others keep their highest number
    /// only: a repeat of theirs is refused as expired, and never taken for new.
    /// </summary>
    public static IReadOnlyList<ProducerMarks> Capped(IEnumerable<ProducerMarks> producers, int most)
    {
        var kept = new List<ProducerMarks>();
        foreach (var producer in producers.OrderByDescending(producer => producer.LastAt).ThenBy(producer => producer.Producer.Value, StringComparer.Ordinal))
        {
            var fits = producer.Marks.Count <= most;
            kept.Add(fits ? producer : producer with { Forgotten = producer.Highest, Marks = [] });
            most -= fits ? producer.Marks.Count : 0;
        }

        return kept;
    }
}
