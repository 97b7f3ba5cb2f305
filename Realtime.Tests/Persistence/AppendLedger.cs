using System.Collections.Concurrent;

namespace Realtime.Tests.Persistence;

/// <summary>What many logs have answered about their appends, by text. Safe for all threads.</summary>
internal sealed class AppendLedger
{
    private readonly ConcurrentDictionary<string, bool> _committed = new();
    private int _sent;
    private int _commits;
    private int _stops;

    /// <summary>Appends whose answer is not known yet.</summary>
    public int Open => Volatile.Read(ref _sent) - _committed.Count;

    public int Commits => Volatile.Read(ref _commits);

    /// <summary>How often a log became unavailable.</summary>
    public int Stops => Volatile.Read(ref _stops);

    public IEnumerable<string> Committed => _committed.Where(append => append.Value).Select(append => append.Key);

    public void Sent() => Interlocked.Increment(ref _sent);

    public void Stopped() => Interlocked.Increment(ref _stops);

    public void Answer(string text, bool committed)
    {
        _committed.TryAdd(text, committed).ShouldBeTrue($"{text} is answered twice");
        Interlocked.Add(ref _commits, committed ? 1 : 0);
    }
}
