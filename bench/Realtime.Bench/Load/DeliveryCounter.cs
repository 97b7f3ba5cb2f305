using Realtime.Bench.Wire;

namespace Realtime.Bench.Load;

/// <summary>
/// Counts deliveries and knows which messages have reached every subscriber of this process. It needs no message numbers for that: a subscriber
/// receives in order, so its n-th delivery of a measurement is the n-th message.
/// </summary>
internal sealed class DeliveryCounter
{
    // More messages than are ever under way: a steady rate with a stalled reader must not come round the ring.
    private const int Ring = 1 << 18;

    private readonly int[] _reached = new int[Ring];
    private LoadCommand.Measure _measure = new(long.MaxValue, long.MaxValue, false, 0, false);
    private long[] _peers = [];

    public int Subscribers { get; set; }

    public long Deliveries { get; private set; }

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Every message up to this one has reached all subscribers of this process.</summary>
    public long DoneHere { get; private set; }

    public bool ReportsProgress => _measure.ReportProgress;

    /// <summary>… and all subscribers of the other load processes.</summary>
    public long Done
    {
        get
        {
            var done = DoneHere;
            foreach (var peer in _peers)
                done = Math.Min(done, peer);
            return done;
        }
    }

    public void Begin(LoadCommand.Measure measure, IEnumerable<LoadConnection> connections)
    {
        _measure = measure;
        _peers = new long[measure.Peers];
        Array.Clear(_reached);
        Latencies.Clear();
        Deliveries = 0;
        DoneHere = 0;
        foreach (var connection in connections)
        {
            connection.Received = 0;
            connection.VerifiedNumber = 0;
        }
    }

    public void PeerDone(int peer, long message) => _peers[peer] = Math.Max(_peers[peer], message);

    public void Count(LoadConnection connection, ReadOnlySpan<byte> text, int messages, long now)
    {
        if (connection.Role != Role.Subscriber)
            return;
        if (now >= _measure.From && now < _measure.Until)
            Deliveries += messages;
        if (_measure.Latency)
            AddLatencies(text, now);

        for (var index = 0; index < messages; index++)
        {
            var message = ++connection.Received;
            ref var reached = ref _reached[message & (Ring - 1)];
            if (++reached == Subscribers)
            {
                reached = 0;
                DoneHere = Math.Max(DoneHere, message);
            }
        }
    }

    /// <summary>By the moment of publishing, not of arrival: otherwise the late ones would be the ones left out.</summary>
    private void AddLatencies(ReadOnlySpan<byte> text, long now)
    {
        while (FrameScan.TryTakeStamp(ref text, out var stamp))
        {
            if (stamp >= _measure.From && stamp < _measure.Until)
                Latencies.Add(now - stamp);
        }
    }
}
