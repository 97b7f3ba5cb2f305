using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>What is the same for the channels of all namespaces, <c>Realtime:Channels</c>.</summary>
public sealed class ChannelOptions
{
    /// <summary>Publishes a client may have unanswered, and sequence numbers remembered per producer and channel, 1 to 256. Default 128.</summary>
    public int InFlight { get; set; } = 128;

    /// <summary>How long sequence numbers are remembered at least, 10s to 7d. Default 10m.</summary>
    public TimeSpan SequenceWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Most messages that wait for a commit on one channel, 1 to 1,000,000. Default 8,192.</summary>
    public int PendingMessages { get; set; } = 8192;

    /// <summary>Most bytes that wait for a commit on one channel, 64KiB to 1GiB. Default 16MiB.</summary>
    public ByteSize PendingBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>An unused channel leaves memory after this time, 1s to 1d. Default 2m.</summary>
    public TimeSpan PassivateAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Newest messages a channel keeps at hand, 0 to 100,000. Default 256.</summary>
    public int RecentMessages { get; set; } = 256;

    /// <summary>Bytes of newest messages a channel keeps at hand, 0 to 64MiB. Default 256KiB.</summary>
    public ByteSize RecentBytes { get; set; } = 256 * 1024;
}
