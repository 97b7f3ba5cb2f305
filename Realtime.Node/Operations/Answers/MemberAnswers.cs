using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Operations.Answers;

/// <summary>The members of the cluster: for the actor system, and by their rows in the store.</summary>
internal sealed class MemberAnswers(OperatorServices services)
{
    /// <summary>The oldest first; none where no other process can be on the store.</summary>
    public IReadOnlyList<MemberStatus> Members()
    {
        var cluster = services.Cluster();
        if (cluster.Rows is not { } rows)
        {
            return [];
        }

        var members = cluster.Map.Current.Members;
        var picture = rows.Picture;
        var since = picture is null ? TimeSpan.Zero : services.Time.GetElapsedTime(picture.Began);
        return [.. members.Select(member =>
        {
            var row = picture?.Find(member.Incarnation);
            return new MemberStatus(
                NameOf(member),
                member.HoldsShards ? "node" : "lighthouse",
                member.Key.Address,
                Word(member.Standing),
                member.IsReachable,
                [.. (row?.Unreachable ?? []).Select(missed => NameOf(missed, picture!))],
                member == members[0],
                row is null ? null : (long)(row.Age + since).TotalMilliseconds,
                member.Node == services.Self ? null : (long?)cluster.Map.SilenceOf(member.Key)?.TotalMilliseconds,
                row?.Verdict);
        })];
    }

    private static string NameOf(MemberSnapshot member) => member.Node?.Name ?? member.Key.Address;

    private static string NameOf(Incarnation incarnation, MemberPicture picture) => picture.Find(incarnation)?.Node.Name ?? incarnation.ToString();

    private static string Word(MemberStanding standing) => standing switch
    {
        MemberStanding.Joining => "joining",
        MemberStanding.Up => "up",
        MemberStanding.Leaving => "leaving",
        MemberStanding.Down => "down",
        _ => throw new ArgumentOutOfRangeException(nameof(standing), standing, "There is no such standing."),
    };
}
