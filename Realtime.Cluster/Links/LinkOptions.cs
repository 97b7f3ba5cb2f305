using System.Net;
using System.Security.Cryptography;
using Realtime.Cluster.Telemetry.Metrics;

namespace Realtime.Cluster.Links;

/// <summary>What the links of a node go by.</summary>
/// <param name="ClusterId">The store's identity: nodes of another cluster are refused.</param>
/// <param name="Secret">Known to all nodes of the cluster and to nobody else; at least 16 bytes.</param>
public sealed record LinkOptions(Guid ClusterId, ReadOnlyMemory<byte> Secret)
{
    public const int LeastSecret = 16;

    public IPAddress ListenAddress { get; init; } = IPAddress.Any;

    /// <summary>0: the system chooses.</summary>
    public int Port { get; init; }

    /// <summary>Oldest version of the node-to-node protocol this program speaks.</summary>
    public int ProtocolMin { get; init; } = 1;

    /// <summary>Newest version of the node-to-node protocol this program speaks.</summary>
    public int ProtocolMax { get; init; } = 1;

    /// <summary>Bytes that may wait for one peer. More is refused, so that a slow peer costs memory only up to here.</summary>
    public int QueueBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of one frame. A longer one is not sent, and ends the stream it comes on.</summary>
    public int FrameBytes { get; init; } = 4 * 1024 * 1024;

    public TimeSpan PingEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A stream on which nothing was heard for this long is lost. At least twice <see cref="PingEvery"/>.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>For a connection to stand and for both sides to say who they are.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections that may be saying hello at once; more are closed unheard.</summary>
    public int Hellos { get; init; } = 128;

    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After a refusal that time alone does not heal, as a wrong secret.</summary>
    public TimeSpan RefusedRetry { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>From 0 to below 1. Spreads the retries of many nodes; asked from several threads.</summary>
    public Func<double> Jitter { get; init; } = static () => RandomNumberGenerator.GetInt32(1 << 24) / (double)(1 << 24);

    /// <summary>Counts what passes.</summary>
    public LinkFigures Figures { get; init; } = new();

    internal void Check()
    {
        if (Secret.Length < LeastSecret)
        {
            throw new ArgumentException($"The secret of the links has {Secret.Length} bytes; at least {LeastSecret} are needed.");
        }

        if (ProtocolMin > ProtocolMax)
        {
            throw new ArgumentException("The oldest protocol of the links is newer than the newest.");
        }

        if (PingTimeout < PingEvery * 2)
        {
            throw new ArgumentException("The links would be lost between two pings: let PingTimeout be at least twice PingEvery.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(FrameBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueBytes, FrameBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Hellos);
    }
}
