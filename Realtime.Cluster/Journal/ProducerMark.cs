using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal;

/// <summary>
/// "This producer's message with this sequence number has that offset." Written in the append's transaction. A producer owns
/// <see cref="Slots"/> rows per log and goes round them (the n-th mark takes slot n mod Slots), so the window trims itself: without that
/// every publish would cost a delete.
/// </summary>
/// <param name="Count">The producer's how-manieth mark on this log, from 0.</param>
/// <param name="At">Milliseconds since 1970.</param>
public sealed record ProducerMark(ProducerId Producer, long Count, long Sequence, long Offset, long At)
{
    public const int Slots = 256;

    public int Slot => (int)(Count % Slots);
}
