using Realtime.Bench.Load;
using Realtime.Bench.Native;
using Realtime.Bench.Wire;

namespace Realtime.Bench.Churn;

/// <summary>
/// Sessions that live as the protocol wants it: asked to move, they open the new connection first and go on reading the old one; cut off, they
/// come back within the crash window, on one of the ways that <see cref="WayBack"/> names.
/// </summary>
internal sealed class Followers : IConnectionEvents
{
    private const long RefusedPause = 10 * LoadClock.Millisecond;
    private const double LongestBackOff = 60;

    private readonly List<FollowedSession> _sessions = [];
    private readonly Queue<FollowedSession> _waiting = new();
    private readonly PriorityQueue<FollowedSession, long> _schedule = new();
    private readonly Random _random = new();
    private readonly ConnectionDriver _driver;
    private readonly Tally _tally;
    private int[] _ports = [];
    private WayBack _way;
    private bool _publishersStay;
    private GatewayCalls? _gateway;
    private int _concurrency;
    private int _greeting;

    public Followers(Poller poller, LoadSettings settings, Tally tally)
    {
        _driver = new ConnectionDriver(poller, this, settings with { Verify = false });
        _tally = tally;
    }

    public ConnectionDriver Driver => _driver;

    public IReadOnlyList<FollowedSession> All => _sessions;

    public SteadyPublishing? Publishing { get; set; }

    public int Retries { get; private set; }

    public int Open { get; private set; }

    public long LastOpened { get; private set; }

    public long NextWake => _waiting.Count > 0 && _greeting < _concurrency ? 0 : _schedule.TryPeek(out _, out var due) ? due : long.MaxValue;

    public void Nodes(int[] ports) => _ports = ports;

    public void Begin(IEnumerable<FollowedSession> sessions, LoadCommand.Follow plan)
    {
        _concurrency = plan.Concurrency;
        _way = plan.Way;
        _publishersStay = plan.PublishersStay;
        _gateway = plan.Way == WayBack.Gateway ? new GatewayCalls(plan.Gateway) : null;
        foreach (var session in sessions)
        {
            _sessions.Add(session);
            _waiting.Enqueue(session);
        }
    }

    public void Advance(long now)
    {
        while (_greeting < _concurrency && _waiting.TryDequeue(out var session))
        {
            _greeting++;
            session.DuePort = session.Home;
            Dial(session);
        }

        while (_gateway is not null && _gateway.TryTake(out var answer))
            Placed(answer, now);

        while (_schedule.TryPeek(out var session, out var due) && due <= now)
        {
            _schedule.Dequeue();
            if (session.DueAt == due)
                Dial(session);
        }
    }

    public void Opened(LoadConnection connection, long now)
    {
        var session = connection.Follows!;
        _tally.CrashWindow = connection.CrashWindow;
        if (session.Next != connection)
        {
            _tally.Contradiction("a welcome on a connection that was given up");
            return;
        }

        session.Next = null;
        session.IsPlaced = false;
        session.Current = connection;
        if (session.Token is null)
        {
            _greeting--;
            Open++;
            LastOpened = now;
            if (session.Role == Role.Subscriber)
                session.StartAt(connection.Start);
        }
        else
        {
            Resumed(session, connection, now);
        }

        session.Token = connection.Token;
        session.Others = connection.Others;
        session.Arrived(now);
    }

    public void Lost(LoadConnection connection, ConnectionPhase before, string fault)
    {
        var session = connection.Follows!;
        var now = LoadClock.Now;
        if (connection == session.Next)
        {
            session.Next = null;
            Retries++;
            if (session.Current is null)
                DialAgain(session, fault, now);
            else
                session.Moving = false; // It has its connection still, and will be asked again.
        }
        else if (connection == session.Current)
        {
            session.Current = null;
            if (session.Next is null)
                CutOff(session, connection, now);
        }

        // Else it is one that the session has left, and the server has closed it as superseded.
    }

    public void Asked(LoadConnection connection, ServerFrame frame, long now)
    {
        var session = connection.Follows!;
        if (connection != session.Current || session.Next is not null || session.DueAt != 0 || frame.Url is null)
            return;
        if (_publishersStay && session.Role == Role.Publisher)
            return;
        session.Moving = true;
        session.DuePort = new Uri(frame.Url).Port;
        session.DueQuery = frame.Ticket is null ? "?resume=1" : "?ticket=" + frame.Ticket;
        Schedule(session, now + Within(frame.After, frame.Within ?? 0));
    }

    public void Messages(LoadConnection connection, ReadOnlySpan<byte> text, int count, long now)
    {
        while (FrameScan.TryTakeDelivery(ref text, out var offset, out var number, out var stamp))
        {
            count--;
            Deliver(connection.Follows!, offset, number, stamp, now);
        }

        if (count != 0)
            _tally.Contradiction("a message without offset, number or stamp");
    }

    public void Message(LoadConnection connection, ServerFrame frame, long now)
    {
        if (frame is { Offset: { } offset, Number: { } number, Stamp: { } stamp })
            Deliver(connection.Follows!, offset, number, stamp, now);
        else
            _tally.Contradiction("a message without offset, number or stamp");
    }

    public void Answered(LoadConnection connection, ServerFrame frame, long now) => Publishing?.Answered(connection, frame, now);

    public void Gap(LoadConnection connection, ServerFrame frame)
    {
        _tally.Gap(frame.Detail);
        if (frame.Position?.LastIndexOf(':') is { } colon and > 0)
            connection.Follows!.StartAt((frame.Position[..colon], long.Parse(frame.Position.AsSpan(colon + 1))));
    }

    public void Violation(LoadConnection connection, string detail) => _tally.Contradiction(detail);

    private void Deliver(FollowedSession session, long offset, long number, long stamp, long now)
    {
        var missing = session.Take(offset);
        session.Channel.Delivered(offset, number);
        // Between two connections of one session the same message may come on both.
        if (missing >= 0)
            _tally.Delivered(session, stamp, missing, now);
    }

    private void Resumed(FollowedSession session, LoadConnection connection, long now)
    {
        var whole = session.Role == Role.Publisher ? connection.Resumed : connection is { Resumed: true, Recovered: true };
        if (!whole)
        {
            _tally.Gap(connection.Resumed ? " a resume was not recovered" : " a session was not there any more");
            if (session.Role == Role.Subscriber)
                session.StartAt(connection.Start);
        }

        if (session.Moving)
            _tally.Moved(now);
        else
            _tally.Returned(now);
    }

    private void CutOff(FollowedSession session, LoadConnection connection, long now)
    {
        session.WasCut = true;
        session.Moving = false;
        session.DueAt = 0;
        var advice = connection.Farewell;
        if (advice is { Within: null })
            _tally.Contradiction($"a session was closed for good:{advice.Detail}");
        Redial(session, now + (advice is null ? Within(0, connection.CrashWindow) : Within(advice.After, advice.Within ?? 0)));
    }

    private void DialAgain(FollowedSession session, string fault, long now)
    {
        session.Moving = false;
        if (_way == WayBack.Balancer && fault.StartsWith("connect: ", StringComparison.Ordinal))
        {
            Redial(session, now + RefusedPause);
            return;
        }

        _tally.Noticed(fault);
        if (session.IsPlaced)
        {
            // A place that does not work: its own address at once.
            session.IsPlaced = false;
            session.DuePort = session.Home;
            session.DueQuery = "?resume=1";
            Schedule(session, now);
            return;
        }

        var seconds = Math.Min(LongestBackOff, Math.Pow(2, Math.Min(10, session.Attempts++)));
        Redial(session, now + (long)(_random.NextDouble() * seconds * LoadClock.Second));
    }

    private void Redial(FollowedSession session, long at)
    {
        session.DuePort = 0;
        session.DueQuery = session.Token is null ? "" : "?resume=1";
        Schedule(session, at);
    }

    private void Schedule(FollowedSession session, long at)
    {
        session.DueAt = at;
        _schedule.Enqueue(session, at);
    }

    private void Dial(FollowedSession session)
    {
        session.DueAt = 0;
        if (session.Next is not null)
            return;
        if (session.DuePort == 0 && _gateway is not null && !IsElsewhere(session))
        {
            _gateway.Ask(session);
            return;
        }

        var port = session.DuePort != 0 ? session.DuePort : PortOf(session);
        var connection = new LoadConnection(port, session.Role, session.Channel.Name, session.Source, 0, false, session.Producer)
        {
            Follows = session,
            Query = session.DueQuery,
            Token = session.Token,
        };
        session.Next = connection;
        _driver.Dial(connection);
    }

    private int PortOf(FollowedSession session)
    {
        if (_way == WayBack.Balancer)
            return _ports[_random.Next(_ports.Length)];
        return IsElsewhere(session) ? session.Others[session.Attempts / 2 % session.Others.Length] : session.Home;
    }

    /// <summary>It is the turn of one of the other addresses, whatever the gateway would say.</summary>
    private static bool IsElsewhere(FollowedSession session) => session.Attempts % 2 == 1 && session.Others.Length > 0;

    private void Placed(GatewayCalls.Answer answer, long now)
    {
        var session = answer.Session;
        if (session.Current is not null || session.Next is not null || session.DueAt != 0)
            return;
        if (answer.Fault is not null)
            _tally.Noticed("gateway: " + answer.Fault);
        session.DuePort = answer.Port;
        session.IsPlaced = answer.Port != 0;
        session.DueQuery = answer.Ticket is null ? "?resume=1" : "?ticket=" + answer.Ticket;
        Schedule(session, now + answer.Pause);
    }

    private long Within(long after, long within) => (after + (long)(_random.NextDouble() * within)) * LoadClock.Millisecond;
}
