namespace Realtime.Node.Connections;

/// <summary>
/// When bytes last went in each direction, found by looking at counts from time to time: a clock read per message would cost more. What is
/// new since the last look happened after it, and that is the time it gets: a ping comes early rather than late.
/// </summary>
internal struct TrafficTimes(long now)
{
    private long _looked = now;
    private long _sent;
    private long _received;

    public long SentAt { get; private set; } = now;

    public long ReceivedAt { get; private set; } = now;

    public void Look(long now, long sentBytes, long receivedBytes)
    {
        SentAt = sentBytes == _sent ? SentAt : _looked;
        ReceivedAt = receivedBytes == _received ? ReceivedAt : _looked;
        (_sent, _received, _looked) = (sentBytes, receivedBytes, now);
    }
}
