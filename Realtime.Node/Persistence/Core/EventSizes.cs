using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Core;

/// <summary>What events count against limits: near their size on disk, and known without writing them.</summary>
internal static class EventSizes
{
    public static long Of(JournalEvent body) => body switch
    {
        JournalEvent.ChannelAppended appended => appended.Messages.Sum(message => (long)message.Message.Size),
        JournalEvent.SessionSaved saved => saved.Record.CalculateSize(),
        JournalEvent.Opened { Kept: { } kept } => Of(kept),
        _ => 0,
    };

    public static int Messages(JournalEvent body) => body is JournalEvent.ChannelAppended appended ? appended.Messages.Count : 1;
}
