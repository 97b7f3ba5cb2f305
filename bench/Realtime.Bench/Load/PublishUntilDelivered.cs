using Realtime.Bench.Wire;

namespace Realtime.Bench.Load;

/// <summary>
/// One publisher. A message is under way until every subscriber has it; the next one goes out when fewer than <paramref name="window"/> are under way
/// and <paramref name="interval"/> has passed since the last.
/// </summary>
internal sealed class PublishUntilDelivered(
    ConnectionDriver driver, LoadConnection publisher, DeliveryCounter deliveries, string channel, int bytes, int window, long interval, long until)
    : IPublishing
{
    private const long Patience = 30 * LoadClock.Second;

    private long _published;
    private long _acknowledged;
    private long _nextDue = LoadClock.Now;
    private long _lastDone;
    private long _lastProgress = LoadClock.Now;
    private string? _fault;

    public long NextWake => interval > 0 ? _nextDue : long.MaxValue;

    public LoadEvent.Published? Advance(long now)
    {
        while (now < until && now >= _nextDue && _published - deliveries.Done < window)
        {
            _published++;
            _nextDue += interval;
            publisher.LastRequest++;
            driver.Send(publisher, driver.Frames.Publish(publisher.LastRequest, 0, channel, _published, LoadClock.Now, bytes));
        }

        var done = deliveries.Done;
        if (done > _lastDone || done == _published)
        {
            _lastDone = done;
            _lastProgress = now;
        }

        var finished = now >= until && done == _published;
        if (!finished && _fault is null && now - _lastProgress < Patience)
            return null;
        return new LoadEvent.Published(_published, finished && _fault is null, _acknowledged, [], _fault ?? (finished ? null : $"only {done} of {_published} messages reached everybody"));
    }

    public void Answered(LoadConnection connection, ServerFrame frame, long now)
    {
        if (frame.Type == "error")
            _fault ??= "publish refused:" + frame.Detail;
        else
            _acknowledged++;
    }
}
