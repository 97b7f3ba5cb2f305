using Realtime.Messages.Errors;
using Realtime.Node.Codecs;

namespace Realtime.Node.Connections;

/// <summary>
/// What a connection asks of its transport. A transport carries whole transport messages and knows nothing of sessions or channels.
/// </summary>
public interface IClientLink
{
    /// <summary>"websocket", "sse", …: for operators.</summary>
    string Transport { get; }

    IFrameCodec Codec { get; }

    /// <summary>
    /// Sends one transport message. Called by one caller at a time. Completes when the transport has room for the next; the bytes may be
    /// reused then. Throws <see cref="IOException"/> when the link is gone.
    /// </summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> message);

    /// <summary>How far what was sent has come; null when the transport cannot tell more than that it took it. Never throws.</summary>
    LinkProgress? Measure();

    /// <summary>Sends the transport's close with this code; the peer's answer ends the reading. Never throws.</summary>
    ValueTask CloseAsync(CloseCode code, string reason);

    /// <summary>Drops the link at once; idempotent, never throws.</summary>
    void Abort();
}
