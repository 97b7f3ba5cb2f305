using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>
/// When bytes last went in each direction, found by looking at counts from time to time: a clock read per message would cost more. What is
/// new since the last look happened after it, and that is the time it gets: a ping comes early rather than late.
/// </summary>
internal struct TrafficTimes(long now)
{
    private long _looked = now;
    private long _sentAt = now;
    private long _sent;
    private long _receivedAt = now;
    private long _received;
    private long _heard;

    /// <summary>Bytes came. Called by one reader at a time.</summary>
    public void Hear(int bytes) => Volatile.Write(ref _heard, _heard + bytes);

    /// <summary>Called by one looker at a time.</summary>
    /// <returns>Bytes that were sent since the last look.</returns>
    public long Look(long now, long sentBytes)
    {
        var more = sentBytes - _sent;
        var heard = Volatile.Read(ref _heard);
        _sentAt = more == 0 ? _sentAt : _looked;
        _receivedAt = heard == _received ? _receivedAt : _looked;
        (_sent, _received, _looked) = (sentBytes, heard, now);
        return more;
    }

    /// <summary>What the last look saw, and how far what was sent has come.</summary>
    public readonly TrafficSnapshot Seen(bool isSending, LinkProgress? progress) => new(progress?.Delivered ?? _sent, isSending)
    {
        IsUnderWay = isSending || progress is { IsUnderWay: true }, SentAt = _sentAt, ReceivedAt = _receivedAt,
    };
}
