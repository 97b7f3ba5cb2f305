using Microsoft.Extensions.Logging;
using Realtime.Cluster.Telemetry;
using Realtime.Messages.Ids;

namespace Realtime.Node.Channels;

/// <summary>What channels log; numbers 5100–5199.</summary>
internal sealed partial class ChannelLogging(ILogger<ChannelLogging> logger)
{
    [LoggerMessage(5101, LogLevel.Warning, "The log of a channel cannot be opened")]
    public partial void ChannelCannotOpen(Exception failure);

    [LoggerMessage(5102, LogLevel.Warning, "The store could not answer a read")]
    public partial void ReadFailed(Exception failure);

    [LoggerMessage(LogEvents.ChannelImportUnreadable, LogLevel.Error,
        "What a channel's former owner handed over cannot be read: who is present is asked of the relays again, and a log in memory begins anew")]
    public partial void ImportUnreadable(Exception failure);

    [LoggerMessage(LogEvents.RetentionWaits, LogLevel.Warning, "The store could not say which logs keep messages past their age; asked again in a second")]
    public partial void RetentionWaits(Exception failure);

    [LoggerMessage(LogEvents.ListenersDisagree, LogLevel.Warning,
        "Node {Node} listens to other channels of {Shards} shards than is known here: it is asked to announce them again")]
    public partial void ListenersDisagree(NodeId node, int shards);
}
