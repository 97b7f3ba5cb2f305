using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels.Core;

/// <summary>Lets go of messages that are past their age, and of those that the server needs no more.</summary>
internal sealed class HistoryTrimmer(NamespacePolicy space, PublishQueue publishes, LogReader reader)
{
    private readonly AgeTrim _age = new(space);

    public long? Due(ChannelLog log) => _age.Due(log);

    public void LookForAge(ChannelLog log, bool canRead, long now, List<ChannelEffect> effects)
    {
        _age.Looked(now);
        if (space.Durability is not Durability.Journal)
        {
            // HideExpired has found how far it goes: all of the log is at hand.
            TrimAge(log, log.Tail - 1, canRead, now, effects);
        }
        else if (canRead && log.OldestGiven(now) is { } oldest)
        {
            reader.FindAge(oldest, effects);
        }
    }

    public void TrimAge(ChannelLog log, long expired, bool canRead, long now, List<ChannelEffect> effects)
    {
        // Hidden, it also keeps the channel in memory until the last step has trimmed it.
        log.Hide(expired + 1);
        if (space.Durability is Durability.Journal && !CanWrite(canRead, now))
        {
            return;
        }

        if (_age.TailAfter(log, expired, now) is not { } tail)
        {
            return;
        }

        if (space.Durability is not Durability.Journal)
        {
            log.TrimTo(tail);
        }
        else
        {
            publishes.AppendTail(tail, effects);
        }
    }

    /// <summary>Of a log of the server: no client reads it.</summary>
    /// <returns>False: not now.</returns>
    public bool TryTrim(ChannelLog log, long through, bool canRead, long now, List<ChannelEffect> effects)
    {
        if (!CanWrite(canRead, now))
        {
            return false;
        }

        if (Math.Min(through, log.Head) + 1 is var tail && tail > log.KeptTail && space.Durability is Durability.Journal)
        {
            log.Hide(tail);
            publishes.AppendTail(tail, effects);
        }

        return true;
    }

    private bool CanWrite(bool canRead, long now) => canRead && !publishes.IsAppending && !publishes.IsPaused(now);
}
