using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>How much of each log is kept; whichever limit is reached first trims.</summary>
public sealed class HistoryOptions
{
    /// <summary>Messages kept, 1 to 1,000,000. Default 10,000.</summary>
    public int Count { get; set; } = 10_000;

    /// <summary>Bytes kept: payloads plus 64 for each message, 1KiB to 16GiB. Default 16MiB.</summary>
    public ByteSize Bytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Age kept, 1s to 3650d, or <c>none</c>. Older messages are given to no client, and are deleted within an hour. Default 7d.</summary>
    public TimeSpan? Age { get; set; } = TimeSpan.FromDays(7);
}
