using Microsoft.Extensions.Logging;

namespace Realtime.Node.Channels;

/// <summary>What channels log; numbers 5100–5199.</summary>
internal sealed partial class ChannelLogging(ILogger<ChannelLogging> logger)
{
    [LoggerMessage(5101, LogLevel.Warning, "The log of a channel cannot be opened")]
    public partial void ChannelCannotOpen(Exception failure);

    [LoggerMessage(5102, LogLevel.Warning, "The store could not answer a read")]
    public partial void ReadFailed(Exception failure);
}
