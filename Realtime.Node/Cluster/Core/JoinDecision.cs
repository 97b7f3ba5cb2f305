using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Cluster.Core;

/// <summary>Whom a starting node joins, and when it founds a cluster because there is nobody.</summary>
internal static class JoinDecision
{
    /// <param name="own">Where this node's actor system listens.</param>
    /// <param name="clock">Has seen the picture.</param>
    public static JoinStep Next(MemberPicture picture, Incarnation self, string own, RowClock clock, TimeSpan now)
    {
        var others = picture.Rows.Where(row => row.Incarnation != self && row.Verdict is null && (row.HasJoined || row.Incarnation == picture.Founder)).ToList();
        var candidates = others
            .Where(row => row.HasJoined && row.Age < MemberTimes.Fresh && clock.Watched(row, now) < MemberTimes.Still && row.Address is { } address && address.Text != own)
            .OrderByDescending(row => row.Roles.Contains(ActorSystemSettings.LighthouseRole))
            .ThenBy(row => row.Incarnation)
            .Select(row => row.Address!.Text)
            .ToList();
        if (candidates.Count > 0)
        {
            return new JoinStep.Join(candidates);
        }

        return others.TrueForAll(row => IsOver(row, clock, now)) ? new JoinStep.Found() : new JoinStep.Wait();
    }

    /// <summary>
    /// A row may look old because nobody could renew: those who are alive do so within seconds. And one may look young because the database's clock went back.
    /// </summary>
    private static bool IsOver(MemberRow row, RowClock clock, TimeSpan now) =>
        (row.Age >= MemberTimes.Fresh && clock.SeenStill(row, now) >= MemberTimes.Still) || clock.Watched(row, now) >= MemberTimes.Fresh;
}
