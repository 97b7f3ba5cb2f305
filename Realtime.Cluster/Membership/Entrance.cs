using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership.Core;

namespace Realtime.Cluster.Membership;

/// <summary>One attempt to join, step by step, so that whoever takes the steps can do other things in between.</summary>
/// <param name="boots">Every life this process has tried to begin: a join whose answer was lost has left a row, and it is no stranger's.</param>
internal sealed class Entrance(
    IClusterStore store, NodeProfile profile, ClusterCharter charter, MembershipTimers timers, TimeProvider time, HashSet<Guid> boots, ILogger logger)
{
    private readonly Joining _joining = new(timers, store.HoldsName);
    private bool _founded;
    private bool _told;

    private TimeSpan Now => time.GetElapsedTime(0);

    /// <returns>Null: not yet, take another step in a while.</returns>
    /// <exception cref="NameInUseException">Another process lives under the name.</exception>
    public async Task<Member?> StepAsync(CancellationToken cancellation)
    {
        try
        {
            if (!_founded)
            {
                await store.FoundAsync(charter, cancellation);
                _founded = true;
            }

            var row = await store.FindAsync(profile.Name, cancellation);
            switch (_joining.Look(row, row is not null && boots.Contains(row.Profile.Boot), Now))
            {
                case JoinStep.Wait:
                    Tell(row);
                    return null;
                case JoinStep.InUse used:
                    throw new NameInUseException(used.By);
                case JoinStep.TakeOver take:
                    return await JoinAsync(take.Seen, cancellation);
                case var other:
                    throw new InvalidOperationException($"unknown step {other.GetType().Name}");
            }
        }
        catch (StoreUnavailableException)
        {
            _joining.Blind(Now);
            throw;
        }
    }

    private async Task<Member?> JoinAsync(NodeRow? seen, CancellationToken cancellation)
    {
        var boot = new Guid(RandomNumberGenerator.GetBytes(16));
        boots.Add(boot);
        var sentAt = Now;
        var joined = await store.JoinAsync(profile with { Boot = boot }, seen, cancellation);
        if (joined.Incarnation.IsNone)
        {
            return null;
        }

        var view = ClusterView.Of(await store.ViewAsync(0, cancellation));

        // Gone already: the store was so slow that others have given this life up. The next step finds the name free.
        return view.Find(joined.Incarnation) is null ? null : new Member(timers, joined.Incarnation, boot, view, sentAt);
    }

    private void Tell(NodeRow? row)
    {
        if (row is not null && !_told)
        {
            _told = true;
            MembershipLog.NameWatched(logger, profile.Name, row.Incarnation, timers.JoinWatch);
        }
    }
}
