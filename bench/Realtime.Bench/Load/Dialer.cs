namespace Realtime.Bench.Load;

/// <summary>Opens connections as fast as they open, a bounded number in their handshake at a time; what fails is tried again after a short pause.</summary>
internal sealed class Dialer(ConnectionDriver driver)
{
    private const long Pause = 10 * LoadClock.Millisecond;

    private readonly Queue<LoadConnection> _waiting = new();
    private readonly Queue<(LoadConnection Connection, long NotBefore)> _retries = new();
    private int _concurrency;
    private int _underWay;
    private int _wanted;
    private int _open;
    private int _resumed;
    private int _recovered;
    private int _retried;
    private long _first;
    private long _last;
    private long _deadline;
    private string? _fault;

    public bool Busy { get; private set; }

    public bool Retrying => _retries.Count > 0;

    public void Begin(IReadOnlyCollection<LoadConnection> connections, int concurrency, int seconds)
    {
        if (Busy)
            throw new InvalidOperationException("One batch of connections at a time.");
        foreach (var connection in connections)
            _waiting.Enqueue(connection);
        _concurrency = concurrency;
        _wanted = connections.Count;
        _underWay = _open = _resumed = _recovered = _retried = 0;
        _first = _last = LoadClock.Now;
        _deadline = _first + seconds * LoadClock.Second;
        _fault = null;
        Busy = true;
    }

    /// <summary>The outcome, once there is one.</summary>
    public LoadEvent.Connected? Advance(long now)
    {
        if (!Busy)
            return null;
        while (_retries.TryPeek(out var retry) && retry.NotBefore <= now)
            _waiting.Enqueue(_retries.Dequeue().Connection);
        while (_underWay < _concurrency && _waiting.TryDequeue(out var connection))
        {
            _underWay++;
            driver.Dial(connection);
        }

        if (_open < _wanted && now < _deadline)
            return null;
        Busy = false;
        _waiting.Clear();
        _retries.Clear();
        return new LoadEvent.Connected(_open, _wanted - _open, _retried, _resumed, _recovered, _first, _last, _fault);
    }

    public void Opened(LoadConnection connection, long now)
    {
        _underWay--;
        _open++;
        _last = now;
        if (connection.Resumed)
            _resumed++;
        if (connection.Recovered)
            _recovered++;
    }

    public void Failed(LoadConnection connection, string fault, long now)
    {
        _underWay--;
        _retried++;
        _fault = fault;
        _retries.Enqueue((connection, now + Pause));
    }
}
