using Realtime.Bench.Wire;

namespace Realtime.Bench.Load;

/// <summary>Many publishers, each with a fixed number of publishes unanswered: an answer calls for the next publish.</summary>
internal sealed class PublishUntilAcknowledged : IPublishing
{
    private const long Patience = 30 * LoadClock.Second;

    private readonly ConnectionDriver _driver;
    private readonly LoadCommand.PublishByAck _plan;
    private readonly Dictionary<(LoadConnection, long), long> _unanswered = [];
    private readonly LatencyHistogram _ackTimes = new();
    private long _published;
    private long _acknowledged;
    private long _lastProgress = LoadClock.Now;
    private string? _fault;

    public PublishUntilAcknowledged(ConnectionDriver driver, IEnumerable<LoadConnection> publishers, LoadCommand.PublishByAck plan)
    {
        _driver = driver;
        _plan = plan;
        foreach (var publisher in publishers)
        {
            for (var index = 0; index < plan.Window; index++)
                Publish(publisher);
        }
    }

    public long NextWake => long.MaxValue;

    public LoadEvent.Published? Advance(long now)
    {
        var finished = _unanswered.Count == 0;
        if (!finished && _fault is null && now - _lastProgress < Patience)
            return null;
        var fault = _fault ?? (finished ? null : $"{_unanswered.Count} publishes were never answered");
        return new LoadEvent.Published(_published, fault is null, _acknowledged, _ackTimes.ToCounts(), fault);
    }

    public void Answered(LoadConnection connection, ServerFrame frame, long now)
    {
        if (!_unanswered.Remove((connection, frame.Id), out var sentAt))
        {
            _fault ??= $"an answer to request {frame.Id}, which was not open";
            return;
        }

        _lastProgress = now;
        if (frame.Type == "error")
        {
            _fault ??= "publish refused:" + frame.Detail;
            return;
        }

        if (now >= _plan.From && now < _plan.Until)
        {
            _acknowledged++;
            _ackTimes.Add(now - sentAt);
        }

        if (now < _plan.Until)
            Publish(connection);
    }

    private void Publish(LoadConnection publisher)
    {
        var sequence = _plan.Sequenced ? ++publisher.LastSequence : 0;
        var now = LoadClock.Now;
        _published++;
        publisher.LastRequest++;
        _unanswered[(publisher, publisher.LastRequest)] = now;
        _driver.Send(publisher, _driver.Frames.Publish(publisher.LastRequest, sequence, publisher.Channel, _published, now, _plan.Bytes));
    }
}
