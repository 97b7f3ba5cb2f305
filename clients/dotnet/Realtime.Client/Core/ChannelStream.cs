using Realtime.Client.Protocol;

namespace Realtime.Client.Core;

/// <summary>
/// The order of one channel's stream (protocol, rule 1): each message follows the last one, or a gap lies between. A
/// position moves only with what is delivered, so that a reconnect goes on exactly there.
/// </summary>
internal static class ChannelStream
{
    /// <summary>False when a message is missing before this one that no gap announced.</summary>
    public static bool Take(SubscriptionEntry entry, ServerFrame.Message frame, List<ClientEffect> effects)
    {
        if (entry.Behind)
        {
            return true;
        }

        if (frame.Offset is not { } offset)
        {
            TakeUnlogged(entry, frame, effects);
            return true;
        }

        if (entry.Position is not { } position)
        {
            return false;
        }

        if (offset <= position.Offset)
        {
            return true;
        }

        if ((frame.Prev ?? offset - 1) > position.Offset)
        {
            return false;
        }

        if (entry.Full)
        {
            entry.Behind = true;
            return true;
        }

        entry.Position = position with { Offset = offset };
        entry.LastHole = null;
        effects.Add(new ClientEffect.Deliver(FrameReader.Event(frame, position.Epoch)));
        return true;
    }

    public static void Skip(SubscriptionEntry entry, Hole hole, List<ClientEffect> effects)
    {
        // What lies behind us is no loss; only a log that ends before our position may send us back.
        var past = hole.Position is { } to && entry.Position is { } at && to.Epoch == at.Epoch && to.Offset <= at.Offset && hole.Reason != "ahead";
        if (entry.Behind || past || hole == entry.LastHole)
        {
            return;
        }

        if (entry.Full)
        {
            entry.Behind = true;
            return;
        }

        entry.Position = hole.Position ?? entry.Position;
        entry.LastHole = hole;
        effects.Add(new ClientEffect.Deliver(new ChannelEvent.Gap(entry.Channel, hole.Reason, hole.First, hole.Last, entry.Position)));
    }

    /// <summary>The reader has read everything: from here on messages are taken again.</summary>
    public static void CaughtUp(SubscriptionEntry entry, List<ClientEffect> effects)
    {
        entry.Full = false;
        if (entry.Lost)
        {
            entry.Lost = false;
            effects.Add(new ClientEffect.Deliver(new ChannelEvent.Gap(entry.Channel, "lagged", null, null, entry.Position)));
        }
    }

    private static void TakeUnlogged(SubscriptionEntry entry, ServerFrame.Message frame, List<ClientEffect> effects)
    {
        if (entry.Full)
        {
            entry.Lost = true;
        }
        else
        {
            effects.Add(new ClientEffect.Deliver(FrameReader.Event(frame, null)));
        }
    }
}
