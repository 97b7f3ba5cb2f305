using Realtime.Messages.Positions;

namespace Realtime.Tests.Feeds;

/// <summary>One life of a channel's log, of which the newest messages can be read.</summary>
internal sealed class LogLife(ulong epoch, int history)
{
    public Epoch Epoch => new(epoch);

    public List<LogMessage> All { get; } = [];

    public StreamPosition Head => new(Epoch, All.Count);

    /// <summary>The oldest position that can be read after.</summary>
    public long Tail => Math.Max(0, All.Count - history);

    public GapNotice? GapAfter(StreamPosition at)
    {
        if (at.Epoch != Epoch)
        {
            return new GapNotice(GapReason.Epoch, new StreamPosition(Epoch, Tail));
        }

        return at.Offset > All.Count ? new GapNotice(GapReason.Ahead, Head)
            : at.Offset < Tail ? new GapNotice(GapReason.Trimmed, new StreamPosition(Epoch, Tail), at.Offset + 1, Tail)
            : null;
    }

    public List<LogMessage> PageAfter(long offset, int most) => [.. All.Skip((int)offset).Take(most)];
}
