using Realtime.Bench.Load;

namespace Realtime.Bench.Churn;

/// <summary>What happened to followed sessions since the last mark, and what was found wrong since the beginning.</summary>
internal sealed class Tally
{
    /// <summary>A message that comes later than this was held up: its session was not live.</summary>
    private const long Late = LoadClock.Second;

    private readonly LatencyHistogram _still = new();
    private long _since;
    private long _deliveries;
    private int _moved;
    private int _returned;
    private long _lastMove;
    private long _lastTrouble;
    private long _lastTroubleOfCut;
    private long _lostMessages;
    private int _gaps;
    private long _contradictions;
    private readonly LatencyHistogram _returns = new();
    private readonly Dictionary<string, int> _noticed = [];

    public long CrashWindow { get; set; }

    public string? Fault { get; private set; }

    public void Mark(IEnumerable<FollowedSession> sessions)
    {
        foreach (var session in sessions)
            session.Mark();
        _still.Clear();
        _returns.Clear();
        _noticed.Clear();
        _since = LoadClock.Now;
        _deliveries = _lastMove = _lastTrouble = _lastTroubleOfCut = 0;
        _moved = _returned = 0;
    }

    public void Delivered(FollowedSession session, long stamp, long missing, long now)
    {
        if (missing > 0)
        {
            _lostMessages += missing;
            Wrong($"{missing} messages before offset {session.Offset} of {session.Channel.Name} never came to one of its sessions");
        }

        // By the moment of publishing: what was under way at the mark belongs to what was before.
        if (stamp < _since)
            return;
        var delay = now - stamp;
        _deliveries++;
        session.Waited(delay, now);
        if (session.IsStill)
            _still.Add(delay);
        if (delay <= Late)
            return;
        _lastTrouble = now;
        if (session.WasCut)
            _lastTroubleOfCut = now;
    }

    public void Moved(long now)
    {
        _moved++;
        _lastMove = now;
    }

    public void Returned(long now)
    {
        _returned++;
        _returns.Add(now - _since);
        _lastTrouble = _lastTroubleOfCut = now;
    }

    public void Gap(string detail)
    {
        _gaps++;
        Wrong("gap:" + detail);
    }

    /// <summary>Worth telling when the run fails for another reason, and no fault by itself.</summary>
    public void Noticed(string detail) => _noticed[detail] = _noticed.GetValueOrDefault(detail) + 1;

    public void Contradiction(string detail)
    {
        _contradictions++;
        Wrong(detail);
    }

    public LoadEvent.Churned Report(
        IReadOnlyList<FollowedSession> sessions, SteadyPublishing? publishing, IEnumerable<ChannelLedger> channels, bool settled, string? fault)
    {
        var (switchWaits, movedWaits) = (new LatencyHistogram(), new LatencyHistogram());
        foreach (var session in sessions)
        {
            if (session is { HasMoved: true, Role: Role.Subscriber })
            {
                switchWaits.Add(session.SwitchWait);
                movedWaits.Add(session.LongestWait);
            }
        }

        return new LoadEvent.Churned
        {
            Sessions = sessions.Count,
            Open = sessions.Count(session => session.Current is not null),
            Publishes = publishing?.Published ?? 0,
            Acknowledged = publishing?.Acknowledged ?? 0,
            Refused = publishing?.Refused ?? 0,
            Deliveries = _deliveries,
            Moved = _moved,
            Returned = _returned,
            Returns = _returns.ToCounts(),
            Noticed = _noticed,
            LastMove = _lastMove,
            LastTrouble = _lastTrouble,
            LastTroubleOfCut = _lastTroubleOfCut,
            AllWritable = publishing?.AllWritable ?? 0,
            Unwritable = publishing?.Unwritable ?? 0,
            FirstAnswers = publishing?.FirstAnswers ?? [],
            AckTimes = publishing?.AckTimes ?? [],
            CrashWindow = CrashWindow,
            LostMessages = _lostMessages,
            Gaps = _gaps,
            Contradictions = _contradictions + channels.Sum(channel => channel.Contradictions + (settled ? channel.Repeated() : 0)),
            Still = _still.ToCounts(),
            SwitchWaits = switchWaits.ToCounts(),
            MovedWaits = movedWaits.ToCounts(),
            Settled = settled,
            Fault = Describe(fault ?? Fault ?? publishing?.Fault),
        };
    }

    private string? Describe(string? fault) =>
        fault is null || _noticed.Count == 0 ? fault : $"{fault}; handshakes failed with: {string.Join(", ", _noticed.Keys)}";

    private void Wrong(string what) => Fault ??= what;
}
