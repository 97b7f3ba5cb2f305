using Realtime.Bench.Native;
using Realtime.Bench.Wire;

namespace Realtime.Bench.Load;

/// <summary>One load process: one thread that waits on all its sockets and on the coordinator's commands, and lives as long as the coordinator does.</summary>
internal sealed class LoadProcess : IConnectionEvents
{
    /// <summary>Makes the program a load process of this kind.</summary>
    public const string Argument = "load-process";

    private const long KeepAliveEvery = 10 * LoadClock.Second;

    /// <summary>How long the server has to close the connections that said <c>bye</c>.</summary>
    private const long FarewellTime = 5 * LoadClock.Second;
    private const int LongestWait = 100;

    private readonly Poller _poller = new();
    private readonly LoadSettings _settings;
    private readonly ConnectionDriver _driver;
    private readonly Dialer _dialer;
    private readonly DeliveryCounter _deliveries = new();
    private readonly List<LoadConnection> _connections = [];
    private IPublishing? _publishing;
    private bool _closing;
    private long _closeBy;
    private long _reportedDone;
    private long _nextKeepAlive = long.MaxValue;
    private int _lost;
    private int _gaps;
    private int _violations;
    private string? _fault;

    public LoadProcess(LoadSettings settings)
    {
        _settings = settings;
        _driver = new ConnectionDriver(_poller, this, settings);
        _dialer = new Dialer(_driver);
    }

    public void Run() => CoordinatedLoop.Run(_poller, _driver, WaitFor, Obey, Advance);

    public void Opened(LoadConnection connection, long now) => _dialer.Opened(connection, now);

    public void Lost(LoadConnection connection, ConnectionPhase before, string fault)
    {
        if (before != ConnectionPhase.Open)
        {
            _dialer.Failed(connection, fault, LoadClock.Now);
        }
        else if (!_closing)
        {
            _lost++;
            _fault ??= "lost: " + fault;
        }
    }

    public void Messages(LoadConnection connection, ReadOnlySpan<byte> text, int count, long now) => _deliveries.Count(connection, text, count, now);

    public void Answered(LoadConnection connection, ServerFrame frame, long now) => _publishing?.Answered(connection, frame, now);

    public void Message(LoadConnection connection, ServerFrame frame, long now) =>
        throw new InvalidOperationException("These sessions are counted, not followed.");

    public void Gap(LoadConnection connection, ServerFrame frame)
    {
        _gaps++;
        _fault ??= "gap:" + frame.Detail;
    }

    /// <summary>Stays where it is: the node relays, and a scenario that measures nodes against each other must not have its sessions wander.</summary>
    public void Asked(LoadConnection connection, ServerFrame frame, long now)
    {
    }

    public void Violation(LoadConnection connection, string detail)
    {
        _violations++;
        _fault ??= detail;
    }

    private int WaitFor(long now)
    {
        if (_dialer.Retrying)
            return 5;
        if (_publishing is null || _publishing.NextWake == long.MaxValue)
            return LongestWait;
        var milliseconds = (_publishing.NextWake - now + LoadClock.Millisecond - 1) / LoadClock.Millisecond;
        return (int)Math.Clamp(milliseconds, 0, LongestWait);
    }

    private void Advance(long now)
    {
        if (_dialer.Advance(now) is { } connected)
            CoordinatedLoop.Emit(connected);
        if (_deliveries.ReportsProgress && _deliveries.DoneHere > _reportedDone)
        {
            _reportedDone = _deliveries.DoneHere;
            CoordinatedLoop.Emit(new LoadEvent.Done(_reportedDone));
        }

        if (_publishing?.Advance(now) is { } published)
        {
            _publishing = null;
            CoordinatedLoop.Emit(published);
        }

        if (_closing && (now >= _closeBy || _connections.TrueForAll(connection => connection.Phase == ConnectionPhase.Closed)))
            CloseAll();

        if (now >= _nextKeepAlive)
        {
            _nextKeepAlive = now + KeepAliveEvery;
            foreach (var stopped in With(Role.Stopped))
                _driver.KeepAlive(stopped);
        }
    }

    private void Obey(LoadCommand command)
    {
        switch (command)
        {
            case LoadCommand.Connect connect:
                _dialer.Begin(Create(connect), connect.Concurrency, connect.Seconds);
                break;
            case LoadCommand.StopReading:
                foreach (var stopped in With(Role.Stopped))
                    _driver.StopReading(stopped);
                _nextKeepAlive = LoadClock.Now + KeepAliveEvery;
                CoordinatedLoop.Emit(new LoadEvent.Obeyed());
                break;
            case LoadCommand.Measure measure:
                _deliveries.Begin(measure, _connections);
                _reportedDone = 0;
                CoordinatedLoop.Emit(new LoadEvent.Obeyed());
                break;
            case LoadCommand.PublishByWindow plan:
                _publishing = new PublishUntilDelivered(_driver, Publisher(), _deliveries, plan.Channel, plan.Bytes, plan.Window, 0, plan.Until);
                break;
            case LoadCommand.PublishByRate plan:
                var interval = (long)(LoadClock.Second / plan.PerSecond);
                _publishing = new PublishUntilDelivered(_driver, Publisher(), _deliveries, plan.Channel, plan.Bytes, int.MaxValue, interval, plan.Until);
                break;
            case LoadCommand.PublishByAck plan:
                _publishing = new PublishUntilAcknowledged(_driver, With(Role.Publisher), plan);
                break;
            case LoadCommand.PeerDone done:
                _deliveries.PeerDone(done.Peer, done.Message);
                break;
            case LoadCommand.Collect:
                CoordinatedLoop.Emit(new LoadEvent.Measured(_deliveries.Deliveries, _deliveries.Latencies.ToCounts(), _lost, _gaps, _violations, _fault));
                break;
            case LoadCommand.Resume resume:
                Resume(resume);
                break;
            case LoadCommand.Disconnect disconnect:
                Disconnect(disconnect.Bye);
                break;
            default:
                throw new InvalidOperationException($"Nobody obeys {command.GetType().Name}.");
        }
    }

    private List<LoadConnection> Create(LoadCommand.Connect connect)
    {
        var created = new List<LoadConnection>(connect.Count);
        for (var index = 0; index < connect.Count; index++)
        {
            var source = (byte)(_settings.FirstSource + index % 2);
            var producer = connect.Role == Role.Publisher ? $"bench-{Environment.ProcessId}-{_connections.Count}" : null;
            var channel = connect.Channels[index % connect.Channels.Length];
            var port = connect.Ports[index / connect.Channels.Length % connect.Ports.Length];
            var connection = new LoadConnection(port, connect.Role, channel, source, connect.ReceiveBuffer, connect.SubscribeSeparately, producer);
            created.Add(connection);
            _connections.Add(connection);
        }

        _deliveries.Subscribers = With(Role.Subscriber).Count();
        return created;
    }

    /// <summary>The server was killed, so every socket is dead whether or not its end has been read yet: that is no loss to report.</summary>
    private void Resume(LoadCommand.Resume resume)
    {
        _lost = 0;
        _fault = null;
        foreach (var connection in _connections)
            _driver.Close(connection);
        _dialer.Begin(_connections, resume.Concurrency, resume.Seconds);
    }

    private void Disconnect(bool bye)
    {
        _closing = true;
        foreach (var connection in _connections)
        {
            if (bye && connection.Phase == ConnectionPhase.Open)
                _driver.Send(connection, ClientFrames.Bye);
        }

        _closeBy = LoadClock.Now + (bye ? FarewellTime : 0);
    }

    private void CloseAll()
    {
        foreach (var connection in _connections)
            _driver.Close(connection);
        _connections.Clear();
        _deliveries.Subscribers = 0;
        _closing = false;
        CoordinatedLoop.Emit(new LoadEvent.Obeyed());
    }

    private LoadConnection Publisher() => With(Role.Publisher).First();

    private IEnumerable<LoadConnection> With(Role role) => _connections.Where(connection => connection.Role == role);
}
