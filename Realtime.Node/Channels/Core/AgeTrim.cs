using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels.Core;

/// <summary>When to look for what is past its age, and how much of it to let go of at once. A log without a limit by age is never looked at.</summary>
internal sealed class AgeTrim(NamespacePolicy space)
{
    private const long Shortest = 60_000;
    private const long Longest = 3_600_000;

    /// <summary>Each trim of a durable log costs a snapshot: what passes its age within this time is trimmed together.</summary>
    private const long Together = 600_000;

    private long _pause = Shortest;
    private long _notBefore;

    /// <summary>When the oldest message passes its age. Where it is not in memory, looks that find nothing become rarer.</summary>
    public long? Due(ChannelLog log)
    {
        if (space.History.Age is not { } age || log.KeptTail > log.Head)
        {
            return null;
        }

        var oldest = log.Recent.Covers(log.KeptTail) ? log.Recent[log.KeptTail].At + (long)age.TotalMilliseconds + 1 : 0;
        return Math.Max(oldest, _notBefore);
    }

    public void Looked(long now) => _notBefore = now + _pause;

    /// <returns>The new tail; null when nothing is past its age.</returns>
    public long? TailAfter(ChannelLog log, long expired, long now)
    {
        if (expired < log.KeptTail)
        {
            _pause = Math.Min(_pause * 2, Longest);
            _notBefore = now + _pause;
            return null;
        }

        _pause = Shortest;

        // Capped: a clock that jumped ahead must not empty a log in one step.
        var (tail, most) = (Math.Min(expired, log.Head) + 1, log.KeptTail + Math.Max(1000, (log.Head - log.KeptTail + 1) / 10));
        _notBefore = now + (tail <= most && space.Durability is Durability.Journal ? Together : Shortest);
        return Math.Min(tail, most);
    }
}
