using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Feeds;

/// <summary>What feeds log.</summary>
internal sealed partial class FeedLogging(ILogger logger)
{
    public static FeedLogging Off { get; } = new(NullLogger.Instance);

    [LoggerMessage(LogEvents.ChannelFeedFailed, LogLevel.Error, "The feed of {Channel} failed; its subscribers join another one and go on at their positions")]
    public partial void FeedFailed(string channel, Exception failure);
}
