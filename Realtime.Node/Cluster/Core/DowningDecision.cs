using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Cluster.Core;

/// <summary>
/// Which members are given up. Rows decide, and heartbeats only make them be looked at: a verdict is written first, and who has read it takes the loser out of the cluster, once that one
/// cannot hold its lease any more. All nodes come to the same decision from the same rows, so it does not matter who writes it.
/// </summary>
internal sealed class DowningDecision(Incarnation self)
{
    private readonly RowClock _clock = new();
    private Dictionary<MemberAddress, TimeSpan> _withoutRow = [];
    private IReadOnlyList<MemberAddress> _downs = [];
    private Dictionary<(Incarnation One, Incarnation Other), TimeSpan> _broken = [];
    private TimeSpan? _last;

    /// <param name="picture">With a renewal of this node's own row.</param>
    /// <param name="began">When the reading of the picture began, by the process's clock.</param>
    /// <param name="members">As they are now.</param>
    public DowningPlan Next(MemberPicture picture, TimeSpan began, IReadOnlyList<ClusterMember> members, TimeSpan now)
    {
        if (_last is { } last && began - last > RowClock.Gap)
        {
            // This process slept, or could not reach the store: what it knew of the others is old.
            _broken.Clear();
            _withoutRow.Clear();
        }

        _last = began;
        _clock.See(picture, began);
        var rows = picture.Rows.Where(row => row.Address is not null).GroupBy(row => row.Address!).ToDictionary(same => same.Key, same => same.Last());
        var known = members.Select(member => (Member: member, Row: rows.GetValueOrDefault(member.Address))).ToList();
        SeeBroken(picture, known.Select(pair => pair.Row).OfType<MemberRow>().Select(row => row.Incarnation).Append(self).ToHashSet(), now);
        var downs = known.Where(pair => IsOver(pair.Member, pair.Row, now)).Select(pair => pair.Member.Address).ToList();
        _withoutRow = known.Where(pair => pair.Row is null).ToDictionary(pair => pair.Member.Address, pair => _withoutRow.GetValueOrDefault(pair.Member.Address, now));
        var news = downs.Except(_downs).ToList();
        _downs = downs;
        return new DowningPlan(
            downs,
            news,
            OfStill(known, now) ?? OfSides(picture, now),
            [.. known.Where(pair => pair.Member.IsMissed).Select(pair => pair.Row).OfType<MemberRow>().Select(row => row.Incarnation).Order()],
            _broken.Count > 0 || known.Exists(pair => pair.Member.IsUnreachable || pair.Row is null or { Verdict: not null }));
    }

    /// <summary>Whether it answers for nothing any more: its row is ended, or there is a verdict and its lease has run out.</summary>
    private bool IsOver(ClusterMember member, MemberRow? row, TimeSpan now)
    {
        if (row is not null)
        {
            return row.Verdict is not null && (row.Age >= DowningTimes.LeaseOver || _clock.Watched(row, now) >= DowningTimes.LeaseOver);
        }

        // A row is written before its process joins. In the first picture without one that process may not have been a member yet.
        return _withoutRow.TryGetValue(member.Address, out var since) && (member.IsUnreachable || now - since >= DowningTimes.WithoutStore);
    }

    private MemberVerdict? OfStill(IEnumerable<(ClusterMember Member, MemberRow? Row)> known, TimeSpan now)
    {
        var still = known
            .Where(pair => pair.Row is { Verdict: null } row
                && _clock.Still(row, now) >= (pair.Member.IsUnreachable ? MemberTimes.Still : DowningTimes.WithoutStore))
            .Select(pair => pair.Row!.Incarnation)
            .Order()
            .ToList();
        return still.Count == 0 ? null : new MemberVerdict(still, OnlyStill: true, "its row was not renewed, while others could renew theirs");
    }

    /// <summary>Members that renew their rows and cannot reach each other.</summary>
    private MemberVerdict? OfSides(MemberPicture picture, TimeSpan now)
    {
        if (!_broken.Values.Any(since => now - since >= DowningTimes.Settle))
        {
            return null;
        }

        var lasting = _broken.Where(pair => now - pair.Value >= DowningTimes.Lasting).Select(pair => pair.Key).ToList();
        var losers = Sides.Losers(incarnation => picture.Find(incarnation)!.Roles.Contains(ActorSystemSettings.LighthouseRole), lasting);
        return new MemberVerdict(losers, OnlyStill: false, "it cannot reach other nodes that can reach each other");
    }

    /// <summary>Pairs of members of which at least one misses the other, as their rows say.</summary>
    private void SeeBroken(MemberPicture picture, HashSet<Incarnation> members, TimeSpan now)
    {
        var alive = picture.Rows.Where(row => row.Verdict is null && members.Contains(row.Incarnation) && _clock.Still(row, now) < MemberTimes.Still).ToList();
        var incarnations = alive.Select(row => row.Incarnation).ToHashSet();
        _broken = alive
            .SelectMany(row => row.Unreachable.Where(incarnations.Contains).Select(other => row.Incarnation < other ? (row.Incarnation, other) : (other, row.Incarnation)))
            .Distinct()
            .ToDictionary(pair => pair, pair => _broken.GetValueOrDefault(pair, now));
    }
}
