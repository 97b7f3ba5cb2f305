using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership.Core;

namespace Realtime.Cluster.Membership;

/// <summary>
/// How a node that was declared dead comes back in the same process: again and again, more slowly if it keeps dying, until it has joined or it
/// is clear that it never will. Step by step; each is taken in a turn of the loop.
/// </summary>
internal sealed class Rejoining(Func<Entrance> entrances, Seat seat, MembershipTimers timers, ListenerPost post, ILogger logger)
{
    private const int MostDoublings = 4;

    /// <summary>How long a name in use is taken for a misunderstanding.</summary>
    private readonly TimeSpan _patience = timers.Heartbeat * 10;
    private Entrance? _entrance;
    private TimeSpan? _joinedAt;
    private TimeSpan? _refusedSince;
    private TimeSpan _notBefore;
    private int _quickDeaths;
    private bool _told;
    private bool _failed;

    public Entrance NewEntrance() => entrances();

    /// <returns>Null: not yet.</returns>
    public async Task<Member?> StepAsync(CancellationToken cancellation)
    {
        if (_failed)
        {
            return null;
        }

        if (_entrance is null)
        {
            Begin();
        }

        if (seat.Now < _notBefore)
        {
            return null;
        }

        try
        {
            var member = await _entrance!.StepAsync(cancellation);
            if (member is not null)
            {
                _joinedAt = seat.Now;
                _entrance = null;
                _refusedSince = null;
                _told = false;
            }

            return member;
        }
        catch (NameInUseException refused) when (seat.Now - (_refusedSince ??= seat.Now) < _patience)
        {
            _entrance = entrances();
            Tell(refused);
        }
        catch (StoreUnavailableException unavailable)
        {
            Tell(unavailable);
        }
        catch (Exception final) when (final is NameInUseException or StoreFaultException)
        {
            _failed = true;
            post.Tell(listener =>
            {
                MembershipLog.ClusterLost(logger, final);
                listener.OnFailed(final);
            });
        }

        return null;
    }

    /// <summary>A life that ended soon after it began makes the next one wait: otherwise a node that cannot live would raise the view's version in a tight loop.</summary>
    private void Begin()
    {
        _entrance = entrances();
        _quickDeaths = _joinedAt is { } at && seat.Now - at < timers.Evict * 4 ? Math.Min(_quickDeaths + 1, MostDoublings) : 0;
        _notBefore = _quickDeaths == 0 ? seat.Now : seat.Now + (timers.Heartbeat * (1 << (_quickDeaths - 1)));
    }

    private void Tell(Exception cause)
    {
        if (!_told)
        {
            _told = true;
            post.Tell(_ => MembershipLog.NotJoinedAgain(logger, cause));
        }
    }
}
