using System.Globalization;
using Realtime.Bench.Load;

namespace Realtime.Bench.Churn;

/// <summary>One session of the load, whatever connections it is on: how far it has read, where it goes next, how long its messages waited.</summary>
internal sealed class FollowedSession(int home, Role role, ChannelLedger channel, byte source, string? producer)
{
    private string? _epoch;

    public Role Role { get; } = role;

    public ChannelLedger Channel { get; } = channel;

    public byte Source { get; } = source;

    public string? Producer { get; } = producer;

    public long Offset { get; private set; }

    public string? Position => _epoch is null ? null : string.Create(CultureInfo.InvariantCulture, $"{_epoch}:{Offset}");

    public string? Token { get; set; }

    /// <summary>Where it lives; null while it is cut off.</summary>
    public LoadConnection? Current { get; set; }

    /// <summary>Its next connection, in the handshake.</summary>
    public LoadConnection? Next { get; set; }

    /// <summary>Why there is a next one: it was asked to go, so it still has, or had, the current one.</summary>
    public bool Moving { get; set; }

    /// <summary>When to dial; 0: not at all.</summary>
    public long DueAt { get; set; }

    /// <summary>0: where its <see cref="WayBack"/> leads.</summary>
    public int DuePort { get; set; }

    /// <summary>Its configured address: where it begins.</summary>
    public int Home { get; } = home;

    /// <summary>Other nodes that it has heard of.</summary>
    public int[] Others { get; set; } = [];

    public string DueQuery { get; set; } = "";

    public int Attempts { get; set; }

    /// <summary>The gateway has named where its next connection goes.</summary>
    public bool IsPlaced { get; set; }

    /// <summary>What follows is about the time since the last mark.</summary>
    public bool HasMoved { get; private set; }

    public bool WasCut { get; set; }

    /// <summary>Nothing has been done to it, and nothing is being done.</summary>
    public bool IsStill => !HasMoved && !WasCut && !Moving;

    public long LongestWait { get; private set; }

    public long SwitchWait { get; private set; }

    private long SwitchEnds { get; set; }

    public void StartAt((string Epoch, long Offset) start)
    {
        _epoch = start.Epoch;
        Offset = start.Offset;
    }

    /// <summary>
    /// Takes the message if it is the next one, or beyond: the return value says how many offsets were passed over. −1: seen before.
    /// </summary>
    public long Take(long offset)
    {
        if (offset <= Offset)
            return -1;
        var missing = offset - Offset - 1;
        Offset = offset;
        return missing;
    }

    public void Waited(long delay, long now)
    {
        LongestWait = Math.Max(LongestWait, delay);
        if (Moving || now < SwitchEnds)
            SwitchWait = Math.Max(SwitchWait, delay);
    }

    /// <summary>The new connection stands. What comes a little later may still have waited for it.</summary>
    public void Arrived(long now)
    {
        HasMoved |= Moving;
        if (Moving)
            SwitchEnds = now + LoadClock.Second;
        Moving = false;
        Attempts = 0;
    }

    public void Mark()
    {
        HasMoved = WasCut = false;
        LongestWait = SwitchWait = SwitchEnds = 0;
    }
}
