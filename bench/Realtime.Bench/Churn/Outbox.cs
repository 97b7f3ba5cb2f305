using Realtime.Bench.Load;
using Realtime.Bench.Wire;

namespace Realtime.Bench.Churn;

/// <summary>
/// The publishes of one session into its channel, as the protocol wants them: numbered, at most so many unanswered, repeated on a new connection in
/// their order, and again later when the server says so.
/// </summary>
internal sealed class Outbox(ConnectionDriver driver, FollowedSession session, int bytes)
{
    // Less than limits.inflight (128), and the oldest unanswered one stays well within the 256 numbers that a server remembers.
    private const int Window = 100;
    private const long LeastPause = 100 * LoadClock.Millisecond;

    private readonly Queue<Publication> _waiting = new();
    private readonly SortedDictionary<long, Publication> _open = [];
    private LoadConnection? _sentOn;
    private long _last;
    private long _since;

    public long Acknowledged { get; private set; }

    public long Refused { get; private set; }

    public long Published => _last;

    public bool IsEmpty => _waiting.Count == 0 && _open.Count == 0;

    public FollowedSession Session => session;

    public string? Fault { get; private set; }

    /// <summary>When a publish that was sent after the mark was acknowledged first; 0: not yet.</summary>
    public long FirstAnswered { get; private set; }

    private LatencyHistogram? FirstAnswers { get; set; }

    private LatencyHistogram? AckTimes { get; set; }

    public void Mark(LatencyHistogram firstAnswers, LatencyHistogram ackTimes)
    {
        FirstAnswers = firstAnswers;
        _since = LoadClock.Now;
        FirstAnswered = 0;
        AckTimes = ackTimes;
    }

    public void Add() => _waiting.Enqueue(new Publication(++_last));

    public void Pump(long now)
    {
        if (session.Current is not { } connection || (_open.Count == 0 && _waiting.Count == 0))
            return;
        if (connection != _sentOn)
        {
            // What the old connection did not answer may or may not have been taken: the number tells the server.
            _sentOn = connection;
            foreach (var unanswered in _open.Values)
                unanswered.Sent = false;
        }

        foreach (var open in _open.Values)
        {
            if (!open.Sent && open.NotBefore <= now)
                Send(connection, open, now);
        }

        while (_waiting.TryPeek(out var next) && (_open.Count == 0 || next.Sequence - _open.First().Key < Window))
        {
            _open[next.Sequence] = next;
            Send(connection, _waiting.Dequeue(), now);
        }
    }

    /// <summary>
    /// An answer may come twice, from the old connection and from the new one: the first one counts, and the second must not contradict it.
    /// </summary>
    public void Answered(LoadConnection connection, ServerFrame frame, long now)
    {
        if (frame.Type == "reply")
        {
            var colon = frame.Position?.LastIndexOf(':') ?? -1;
            if (colon < 0 || !long.TryParse(frame.Position.AsSpan(colon + 1), out var offset))
                Fault ??= "a publish was acknowledged without a position: " + frame.Position;
            else
                session.Channel.Acknowledged(offset, frame.Id);
            if (_open.TryGetValue(frame.Id, out var publication))
            {
                _open.Remove(frame.Id);
                Acknowledge(publication, now);
            }
        }
        else if (connection == _sentOn && _open.TryGetValue(frame.Id, out var refused))
        {
            // What the connection before refuses has been sent again on this one: a third copy would only fill the server's window.
            if (!frame.Detail.Contains("unavailable", StringComparison.Ordinal) && !frame.Detail.Contains("timeout", StringComparison.Ordinal))
                Fault ??= "publish refused:" + frame.Detail;
            Refused++;
            refused.Sent = false;
            refused.NotBefore = now + Math.Max(LeastPause, frame.RetryAfter * LoadClock.Millisecond);
        }
    }

    private void Acknowledge(Publication publication, long now)
    {
        Acknowledged++;
        if (publication.Stamp < _since)
            return;
        AckTimes?.Add(now - publication.Stamp);
        if (FirstAnswered != 0)
            return;
        FirstAnswered = now;
        FirstAnswers?.Add(now - _since);
    }

    private void Send(LoadConnection connection, Publication publication, long now)
    {
        if (publication.Stamp == 0)
            publication.Stamp = now;
        publication.Sent = true;
        driver.Send(connection, driver.Frames.Publish(
            publication.Sequence, publication.Sequence, session.Channel.Name, publication.Sequence, publication.Stamp, bytes));
    }
}
