using Realtime.Node.Connections.Core;
using System.Net;

namespace Realtime.Node.Operations.Listener;

/// <summary>
/// Bounds how many keys somebody can try: a budget for each address, and one for all addresses beyond those that are remembered. A budget of everybody
/// together would let a stranger lock the operators out. Pure: time comes in, in milliseconds of any monotonic clock.
/// </summary>
internal sealed class WrongKeys
{
    public const int Burst = 20;
    public const int PerSecond = 1;
    private const int Remembered = 256;
    private readonly Dictionary<IPAddress, Entry> _addresses = [];
    private readonly Entry _others = new();

    /// <summary>False: this address has shown too many wrong keys, and what it shows now is not even looked at.</summary>
    public bool MayTry(IPAddress from, long now) => _addresses.TryGetValue(from, out var entry)
        ? entry.MayTry(now)
        : _addresses.Count < Remembered || _others.MayTry(now);

    /// <summary>Takes note of a wrong key.</summary>
    /// <returns>Whether it is worth a line in the log: the first of a burst is.</returns>
    public bool Note(IPAddress from, long now)
    {
        if (!_addresses.TryGetValue(from, out var entry))
        {
            Forget(now);
            if (_addresses.Count < Remembered)
            {
                _addresses[from] = entry = new Entry();
            }
        }

        return (entry ?? _others).Note(now);
    }

    /// <summary>Whoever has its whole budget again is as good as one that never came.</summary>
    private void Forget(long now)
    {
        if (_addresses.Count < Remembered)
        {
            return;
        }

        foreach (var (address, entry) in _addresses)
        {
            if (entry.IsOver(now))
            {
                _addresses.Remove(address);
            }
        }
    }

    private sealed class Entry
    {
        private const long BurstTime = Burst * 1000L / PerSecond;
        private TokenBucket _budget = new(PerSecond, Burst);
        private long _last = long.MinValue;

        public bool MayTry(long now)
        {
            var look = _budget;
            return look.TryTake(now);
        }

        public bool Note(long now)
        {
            _budget.TryTake(now);
            var first = IsOver(now);
            _last = now;
            return first;
        }

        public bool IsOver(long now) => _last == long.MinValue || now - _last >= BurstTime;
    }
}
