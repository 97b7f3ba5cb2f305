using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Codecs;
using Realtime.Node.Connections.Core;
using Realtime.Node.Feeds;

namespace Realtime.Node.Connections;

/// <summary>
/// A connection's link with the queue before it, and when bytes last went over it. Shared by the transport's reader, the connection's
/// actor, the feeds that fill the queue, and the parent's sweep.
/// </summary>
internal sealed class ConnectionLink : IFrameWriter, IOutboundListener
{
    private readonly ConnectionId _id;
    private readonly IClientLink _link;
    private readonly ConnectionLogging _log;
    private TrafficTimes _traffic;

    /// <param name="now">Monotonic milliseconds.</param>
    public ConnectionLink(ConnectionId id, IClientLink link, int queueBytes, long now, ConnectionLogging log)
    {
        (_id, _link, _log) = (id, link, log);
        _traffic = new TrafficTimes(now);
        Outbound = new OutboundQueue(this, queueBytes, this);
    }

    public OutboundQueue Outbound { get; }

    public IFrameCodec Codec => _link.Codec;

    /// <returns>False: the client reads too slowly even for answers.</returns>
    public bool TrySend(ServerFrame frame) => Outbound.EnqueueControl(EncodedFrames.Of(Codec, frame));

    /// <summary>Sends the goodbye after what is queued, then closes the link.</summary>
    public void Close(ServerFrame.Goodbye goodbye) => Outbound.Close(EncodedFrames.Of(Codec, goodbye), goodbye.Code, goodbye.Reason);

    public void Abort() => _link.Abort();

    /// <summary>Bytes came. Called by the reader only.</summary>
    public void Hear(int bytes) => _traffic.Hear(bytes);

    /// <summary>Called by the sweep only.</summary>
    /// <returns>Bytes that were sent since the last look.</returns>
    public long Look(long now) => _traffic.Look(now, Outbound.SentBytes);

    /// <summary>What the last look saw, and how far what was sent has come. Called by the sweep only.</summary>
    public TrafficSnapshot Measure() => _traffic.Seen(Outbound.IsSending, _link.Measure());

    ValueTask IFrameWriter.SendAsync(ReadOnlyMemory<byte> message) => _link.SendAsync(message);

    void IOutboundListener.OnFlushed(CloseCode code, string reason)
    {
        _log.ConnectionClosed(_id.Value, (int)code, reason);

        // Never throws; the reader learns how it ends.
        _ = _link.CloseAsync(code, reason).AsTask();
    }

    void IOutboundListener.OnSendFailed(Exception failure) => _log.SendFailed(_id.Value, failure);
}
