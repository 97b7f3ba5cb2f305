using Realtime.Node.Connections.Core;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Api.Door;

/// <summary>
/// What one key may do still on this node. A second's worth may come at once. How many messages and bytes a request has is known when it has been read, so these are owed afterwards and keep out
/// the next one: nothing is done in part.
/// </summary>
internal sealed class ApiBudget(ApiKey key, TimeProvider time)
{
    /// <summary>One of those under way has to end first, at a time that is not known. Milliseconds.</summary>
    private const int UnderWayWait = 1_000;

    private readonly Lock _lock = new();
    private readonly long _started = time.GetTimestamp();
    private TokenBucket _requests = Bucket(key.RequestsPerSecond);
    private TokenBucket _messages = Bucket(key.MessagesPerSecond);
    private TokenBucket _bytes = Bucket(key.BytesPerSecond);
    private int _underWay;

    private long Now => (long)time.GetElapsedTime(_started).TotalMilliseconds;

    /// <returns>What there is too much of, and the milliseconds to wait; null: the request is let in, and <see cref="Leave"/> is due.</returns>
    public (LimitKind Kind, int Wait)? Enter()
    {
        lock (_lock)
        {
            var now = Now;
            if (_underWay >= (key.RequestsAtOnce ?? int.MaxValue))
            {
                return (LimitKind.Sockets, UnderWayWait);
            }

            if (!_messages.TryTake(now, 0))
            {
                return (LimitKind.Messages, Math.Max(1, _messages.Wait(0)));
            }

            if (!_bytes.TryTake(now, 0))
            {
                return (LimitKind.Bytes, Math.Max(1, _bytes.Wait(0)));
            }

            if (!_requests.TryTake(now))
            {
                return (LimitKind.Requests, Math.Max(1, _requests.Wait()));
            }

            _underWay++;
            return null;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _underWay--;
        }
    }

    public void Owe(int messages, long bytes)
    {
        lock (_lock)
        {
            var now = Now;
            _messages.Owe(now, messages);
            _bytes.Owe(now, bytes);
        }
    }

    /// <summary>Ends when nothing is owed.</summary>
    public async ValueTask PaceAsync(CancellationToken cancellation)
    {
        while (Owed() is > 0 and var wait)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(wait), time, cancellation).ConfigureAwait(false);
        }
    }

    private int Owed()
    {
        lock (_lock)
        {
            // Fills them up to now.
            var now = Now;
            _messages.Owe(now, 0);
            _bytes.Owe(now, 0);
            return Math.Max(_messages.Wait(0), _bytes.Wait(0));
        }
    }

    private static TokenBucket Bucket(long? rate) => new(rate ?? double.MaxValue, rate ?? double.MaxValue);
}
