using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Codecs;
using Realtime.Node.Connections;
using Realtime.Node.Feeds;
using Realtime.Node.Next.Connections.Core;
using EncodedFrames = Realtime.Node.Feeds.EncodedFrames;

namespace Realtime.Node.Next.Connections;

/// <summary>
/// A connection's link with the queue before it, and when bytes last went over it. Shared by the transport's reader, the connection's
/// actor,
/// the feeds that fill the queue, and the parent's sweep.
/// </summary>
/// <remarks>
/// Times are found by looking at counts from time to time: a clock read for each message would cost more. What is new since the last look
/// happened after it, and that is the time it gets: a ping comes early rather than late.
/// </remarks>
internal sealed class ConnectionLink : IFrameWriter, IOutboundListener
{
    private readonly ConnectionId _id;
    private readonly IClientLink _link;
    private readonly ConnectionLogging _log;
    private long _lookedAt;
    private long _sentAt;
    private long _sent;
    private long _receivedAt;
    private long _received;
    private long _heard;

    /// <param name="now">Monotonic milliseconds.</param>
    public ConnectionLink(ConnectionId id, IClientLink link, int queueBytes, long now, ConnectionLogging log)
    {
        (_id, _link, _log) = (id, link, log);
        _lookedAt = _sentAt = _receivedAt = now;
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
    public void Hear(int bytes) => Volatile.Write(ref _heard, _heard + bytes);

    /// <summary>Called by the sweep only.</summary>
    /// <returns>Bytes that were sent since the last look.</returns>
    public long Look(long now)
    {
        var (heard, sent) = (Volatile.Read(ref _heard), Outbound.SentBytes);
        var more = sent - _sent;
        _sentAt = more == 0 ? _sentAt : _lookedAt;
        _receivedAt = heard == _received ? _receivedAt : _lookedAt;
        (_sent, _received, _lookedAt) = (sent, heard, now);
        return more;
    }

    /// <summary>What the last look saw, and how far what was sent has come. Called by the sweep only.</summary>
    public TrafficSnapshot Measure()
    {
        var isSending = Outbound.IsSending;
        var progress = _link.Measure();
        return new TrafficSnapshot(progress?.Delivered ?? _sent, isSending)
        {
            IsUnderWay = isSending || progress is { IsUnderWay: true }, SentAt = _sentAt, ReceivedAt = _receivedAt,
        };
    }

    ValueTask IFrameWriter.SendAsync(ReadOnlyMemory<byte> message) => _link.SendAsync(message);

    void IOutboundListener.OnFlushed(CloseCode code, string reason)
    {
        _log.ConnectionClosed(_id.Value, (int)code, reason);

        // Never throws; the reader learns how it ends.
        _ = _link.CloseAsync(code, reason).AsTask();
    }

    void IOutboundListener.OnSendFailed(Exception failure) => _log.SendFailed(_id.Value, failure);
}
