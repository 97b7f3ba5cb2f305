namespace Realtime.Client.Core;

/// <summary>
/// How long to wait before the next attempt (protocol, rule 10). After a loss that nobody announced every client of the
/// node is in the same situation: the first wait spreads them over the server's crash window, later ones double.
/// </summary>
internal sealed class Pacing
{
    private static readonly TimeSpan Health = TimeSpan.FromSeconds(30);
    private TimeSpan? _attachedAt;
    private int _losses;

    /// <summary>Random within a second, two, four … a minute at most.</summary>
    public static TimeSpan BackOff(int attempt, double roll) =>
        TimeSpan.FromSeconds(Math.Min(60, Math.Pow(2, Math.Min(attempt, 10)))) * roll;

    public void Attached(TimeSpan now) => _attachedAt = now;

    /// <summary>The wait after an unannounced loss or a failed attempt; the window is zero while no server has named one.</summary>
    public TimeSpan AfterLoss(Moment at, TimeSpan crashWindow)
    {
        var losses = Count(at.Now);
        return losses == 0 && crashWindow > TimeSpan.Zero ? crashWindow * at.Roll : BackOff(Math.Max(0, losses - 1), at.Roll);
    }

    /// <summary>The wait after the client itself gave a link up: none the first time, then as after any loss.</summary>
    public TimeSpan AfterBreak(Moment at)
    {
        var losses = Count(at.Now);
        return losses == 0 ? TimeSpan.Zero : BackOff(losses - 1, at.Roll);
    }

    /// <summary>The server named the time to come back; should that attempt fail, the doubling goes on from here.</summary>
    public void Announced(TimeSpan now) => Count(now);

    private int Count(TimeSpan now)
    {
        if (_attachedAt is { } since && now - since >= Health)
        {
            _losses = 0;
        }

        _attachedAt = null;
        return _losses++;
    }
}
