namespace Realtime.Node.Channels;

/// <summary>
/// Bytes that this node's channels have sent to one other node and that have not left it for certain. What is sent to a node that does not
/// read waits in Akka.Remote without a bound, so the channels keep it. Safe for all threads.
/// </summary>
public sealed class PeerWindow
{
    /// <summary>Beyond it channels send no batches to the node. Read anew every <see cref="TrafficActor.Every"/>, so it bounds the rate, too.</summary>
    public const long Most = 16 * 1024 * 1024;

    private long _sent;
    private long _arrived;

    public bool HasRoom => Sent - Volatile.Read(ref _arrived) < Most;

    /// <summary>Over all channels, since the node is known.</summary>
    public long Sent => Volatile.Read(ref _sent);

    public bool HasArrived => Volatile.Read(ref _arrived) >= Sent;

    public void Add(long bytes) => Interlocked.Add(ref _sent, bytes);

    /// <summary>The node has answered a probe that went behind so many bytes. One actor calls it.</summary>
    public void Arrive(long sent) => Volatile.Write(ref _arrived, Math.Max(_arrived, Math.Min(sent, Sent)));
}
