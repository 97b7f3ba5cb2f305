using Microsoft.Extensions.Logging;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>The door of a node: who may begin a connection now, and when the others shall come again.</summary>
internal sealed class Admission : IArrivals
{
    /// <summary>Remembered used tickets: as many as can be given out for this node in a minute by its own rate, many times over.</summary>
    private const int TicketMemory = 500_000;

    private readonly Lock _lock = new();
    private readonly AdmissionBudget _budget;
    private readonly UsedTickets _used = new((long)ConnectTickets.Life.TotalMilliseconds, TicketMemory);
    private readonly ConnectTickets _tickets;
    private readonly NodeId _self;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly long _started;
    private readonly long[] _verdicts = new long[Enum.GetValues<TicketVerdict>().Length];
    private long _turnedAway;
    private long _toldOf;
    private long _toldAt = -LogEvery;
    private int _crashWindow;
    private volatile IReadOnlyList<string> _others = [];

    /// <summary>Milliseconds.</summary>
    private const long LogEvery = 10_000;

    public Admission(
        AdmissionPolicy policy, TimeSpan crashWindow, NodeId self, ConnectTickets tickets, TimeProvider time, Random random, ILogger logger)
    {
        _budget = new AdmissionBudget(policy);
        _crashWindow = (int)crashWindow.TotalMilliseconds;
        _self = self;
        _tickets = tickets;
        _time = time;
        _random = random;
        _logger = logger;
        _started = time.GetTimestamp();
    }

    public int CrashWindow => Volatile.Read(ref _crashWindow);

    /// <summary>Handshakes that were sent away so far.</summary>
    public long TurnedAway => Interlocked.Read(ref _turnedAway);

    /// <summary>How many handshakes came with such a ticket.</summary>
    public long Tickets(TicketVerdict verdict) => Interlocked.Read(ref _verdicts[(int)verdict]);

    public IReadOnlyList<string> Others => _others;

    /// <summary>What newcomers hear from now on of how to come back.</summary>
    public void Announce(TimeSpan crashWindow, IReadOnlyList<string> others)
    {
        Volatile.Write(ref _crashWindow, (int)crashWindow.TotalMilliseconds);
        _others = others;
    }

    /// <param name="ticket">As it came; null: none.</param>
    /// <param name="wait">Milliseconds after which to come again.</param>
    public bool TryEnter(string? ticket, bool resume, out int wait)
    {
        wait = 0;
        var verdict = _tickets.Check(ticket, _self, _time.GetUtcNow(), out var mark);
        bool entered;
        lock (_lock)
        {
            if (verdict is TicketVerdict.Valid && !_used.TryUse(mark, Now()))
            {
                verdict = TicketVerdict.Used;
            }

            entered = verdict is TicketVerdict.Valid || _budget.TryEnter(resume, Now(), _random.NextDouble(), out wait);
        }

        Interlocked.Increment(ref _verdicts[(int)verdict]);
        if (!entered)
        {
            Tell(Interlocked.Increment(ref _turnedAway));
        }

        return entered;
    }

    public bool TryConvert()
    {
        lock (_lock)
        {
            return _budget.TryConvert(Now());
        }
    }

    /// <summary>Seconds after which to try a node that is on its way out: a little apart for each.</summary>
    public int Apart()
    {
        lock (_lock)
        {
            return _random.Next(1, 5);
        }
    }

    /// <summary>One line for a crowd, not one for each of it.</summary>
    private void Tell(long turnedAway)
    {
        var now = Now();
        var told = Volatile.Read(ref _toldAt);
        if (now - told >= LogEvery && Interlocked.CompareExchange(ref _toldAt, now, told) == told)
        {
            _logger.TurnedAway(turnedAway - Interlocked.Exchange(ref _toldOf, turnedAway));
        }
    }

    private long Now() => (long)_time.GetElapsedTime(_started).TotalMilliseconds;
}
