using Realtime.Bench.Load;
using Realtime.Bench.Wire;

namespace Realtime.Bench.Churn;

/// <summary>Publishes to all channels in turn at a steady rate, each through its own publisher; what cannot be sent waits and is sent later.</summary>
internal sealed class SteadyPublishing
{
    private const long PumpEvery = 5 * LoadClock.Millisecond;

    private readonly Dictionary<FollowedSession, Outbox> _bySession = [];
    private readonly List<Outbox> _outboxes = [];
    private readonly LatencyHistogram _ackTimes = new();
    private readonly LatencyHistogram _firstAnswers = new();
    private readonly long _interval;
    private long _nextDue = LoadClock.Now;
    private long _nextPump;
    private int _turn;
    private bool _over;

    public SteadyPublishing(ConnectionDriver driver, IEnumerable<FollowedSession> publishers, double perSecond, int bytes)
    {
        _interval = (long)(LoadClock.Second / perSecond);
        foreach (var publisher in publishers)
        {
            var outbox = new Outbox(driver, publisher, bytes);
            _outboxes.Add(outbox);
            _bySession[publisher] = outbox;
        }
    }

    public long NextWake => _over ? _nextPump : Math.Min(_nextDue, _nextPump);

    public bool IsEmpty => _outboxes.TrueForAll(outbox => outbox.IsEmpty);

    public long Published => _outboxes.Sum(outbox => outbox.Published);

    public long Acknowledged => _outboxes.Sum(outbox => outbox.Acknowledged);

    public long Refused => _outboxes.Sum(outbox => outbox.Refused);

    public string? Fault => _outboxes.Find(outbox => outbox.Fault is not null)?.Fault;

    /// <summary>When the last channel acknowledged a publish that was sent after the mark.</summary>
    public long AllWritable => _outboxes.Max(outbox => outbox.FirstAnswered);

    public int Unwritable => _outboxes.Count(outbox => outbox.FirstAnswered == 0);

    /// <summary>For each channel how long after the mark it acknowledged one first.</summary>
    public Dictionary<int, long> FirstAnswers => _firstAnswers.ToCounts();

    public Dictionary<int, long> AckTimes => _ackTimes.ToCounts();

    public void End() => _over = true;

    public void Mark()
    {
        _ackTimes.Clear();
        _firstAnswers.Clear();
        foreach (var outbox in _outboxes)
            outbox.Mark(_firstAnswers, _ackTimes);
    }

    public void Advance(long now)
    {
        while (!_over && now >= _nextDue)
        {
            var outbox = _outboxes[_turn++ % _outboxes.Count];
            outbox.Add();
            outbox.Pump(now);
            _nextDue += _interval;
        }

        if (now < _nextPump)
            return;
        _nextPump = now + PumpEvery;
        foreach (var outbox in _outboxes)
            outbox.Pump(now);
    }

    public void Answered(LoadConnection connection, ServerFrame frame, long now) =>
        _bySession[connection.Follows!].Answered(connection, frame, now);
}
