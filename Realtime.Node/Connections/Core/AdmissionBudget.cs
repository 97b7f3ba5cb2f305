

namespace Realtime.Node.Connections.Core;

/// <summary>
/// How many handshakes may pass, as a pure machine: one budget for newcomers and a larger one for those who say that they come back. Whoever said so without being
/// one is charged to the newcomers' budget as soon as that shows (<see cref="TryConvert"/>), so a lie gains nothing.
/// </summary>
internal sealed class AdmissionBudget(AdmissionPolicy policy)
{
    /// <summary>Nobody is sent away for longer, milliseconds.</summary>
    public const int LongestWait = 30_000;

    private const int ShortestSpread = 2_000;
    private TokenBucket _newcomers = new(policy.Handshakes, policy.HandshakeBurst);
    private TokenBucket _resumes = new(policy.Resumes, policy.ResumeBurst);

    /// <summary>Those sent away who will come again, as far as they are not worked off at the newcomers' or the returners' rate.</summary>
    private double _awaitedNewcomers;
    private double _awaitedResumes;
    private long _last = long.MinValue;

    /// <param name="roll">Random, 0 to below 1: those who are sent away together must not come back together.</param>
    /// <param name="wait">When to come again, milliseconds.</param>
    public bool TryEnter(bool resume, long now, double roll, out int wait)
    {
        wait = 0;
        WorkOff(now);
        if (resume ? _resumes.TryTake(now) : _newcomers.TryTake(now))
        {
            return true;
        }

        wait = resume
            ? Wait(++_awaitedResumes / policy.Resumes, roll)
            : Wait(++_awaitedNewcomers / policy.Handshakes, roll);
        return false;
    }

    /// <summary>A connection that was let in as one that comes back is a newcomer.</summary>
    public bool TryConvert(long now) => _newcomers.TryTake(now);

    /// <summary>The crowd is spread over the time it takes to let it in.</summary>
    private static int Wait(double crowdSeconds, double roll) =>
        1_000 + (int)(Math.Clamp(crowdSeconds * 1000, ShortestSpread, LongestWait - 1_000) * roll);

    private void WorkOff(long now)
    {
        if (_last != long.MinValue && now > _last)
        {
            var seconds = (now - _last) / 1000.0;
            _awaitedNewcomers = Math.Max(0, _awaitedNewcomers - (seconds * policy.Handshakes));
            _awaitedResumes = Math.Max(0, _awaitedResumes - (seconds * policy.Resumes));
        }

        _last = Math.Max(_last, now);
    }
}
