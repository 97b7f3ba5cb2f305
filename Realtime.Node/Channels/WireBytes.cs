using Realtime.Messages.Channels;
using Realtime.Messages.Positions;

namespace Realtime.Node.Channels;

/// <summary>About what a channel's message takes on its way to another node: those that are large are counted, the rest is small and rare.</summary>
internal static class WireBytes
{
    private const int PerMember = 64;

    public static long Of(object message) => message switch
    {
        ChannelNews.Batch batch => batch.Bytes,
        ChannelNews.Presence presence => PerMember + presence.Members.Sum(member => (long)PerMember + member.Data.Length),
        ChannelReply.Page page => Of(page.Messages),
        ChannelReply.Subscribed subscribed => Of(subscribed.Messages),
        ChannelReply.HistoryPage page => Of(page.Messages),
        ChannelReply.RosterPage { Snapshot.Members: { } members } => members.Sum(member => (long)PerMember + member.Data.Length),
        _ => 0,
    };

    private static long Of(IReadOnlyList<LogMessage> messages)
    {
        long bytes = 0;
        for (var i = 0; i < messages.Count; i++)
        {
            bytes += messages[i].Size;
        }

        return bytes;
    }
}
