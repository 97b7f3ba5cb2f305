namespace Realtime.Node.Feeds;

/// <summary>Where an <see cref="OutboundQueue"/> writes to: the transport of one connection.</summary>
public interface IFrameWriter
{
    /// <summary>
    /// Sends one transport message. Called by one caller at a time. Completes when the transport has room for the next; the bytes may be
    /// reused then. Throws <see cref="IOException"/> when the peer is gone.
    /// </summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> message);

    /// <summary>Drops the transport at once; idempotent, never throws.</summary>
    void Abort();
}
