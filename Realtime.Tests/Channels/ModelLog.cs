using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Channels;

/// <summary>What a store holds of one channel, in the simplest words: a list that never forgets, and where it begins to be kept.</summary>
internal sealed class ModelLog(ulong epoch = 4711)
{
    private readonly Dictionary<(ProducerId, int), ProducerMark> _marks = [];

    public Epoch Epoch { get; } = new(epoch);

    /// <summary>Every message that was ever committed; the one at index i has offset i + 1.</summary>
    public List<LogMessage> All { get; } = [];

    public long Head => All.Count;

    public long Tail { get; private set; } = 1;

    public IEnumerable<LogMessage> Kept => All.Skip((int)Tail - 1);

    public bool Append(AppendRequest request)
    {
        if (request.ExpectedHead != Head)
        {
            return false;
        }

        foreach (var message in request.Messages)
        {
            message.Offset.ShouldBe(Head + 1);
            All.Add(message);
        }

        foreach (var mark in request.Marks)
        {
            _marks[(mark.Producer, mark.Slot)] = mark;
        }

        Tail = Math.Max(Tail, request.Tail ?? 1);
        Tail.ShouldBeLessThanOrEqualTo(Head + 1);
        return true;
    }

    public OpenLog Open() => new(
        new LogId(1), Epoch, Head, Tail, Kept.Sum(message => (long)message.Size),
        [.. _marks.Values.OrderBy(mark => mark.Producer.Value, StringComparer.Ordinal).ThenBy(mark => mark.Slot)]);

    public LogSlice Read(long after, int limit, int maxBytes = int.MaxValue)
    {
        long bytes = 0;
        return new(Head, Tail, [.. Kept.Where(message => message.Offset > after).Take(limit)
            .TakeWhile((message, index) => (bytes += message.Payload.Length) <= maxBytes || index == 0)]);
    }

    public long OffsetBefore(long at) => Kept.TakeWhile(message => message.At < at).Select(message => message.Offset).LastOrDefault(Tail - 1);
}
