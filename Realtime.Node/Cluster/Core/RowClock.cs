using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Cluster.Core;

/// <summary>
/// How long rows have stood still, by the database's clock and by what this process has seen itself, whichever is less: a row that nobody could renew, because the store
/// was away or because its clock was set, does not stand still. What this process has watched stand still does so whatever the database's clock says: that one may have gone back.
/// </summary>
internal sealed class RowClock
{
    /// <summary>Between two pictures in a row. Longer is an interruption, after which nothing that was seen before counts.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromSeconds(5);

    private Dictionary<Incarnation, (long Beat, TimeSpan Since, TimeSpan First)> _seen = [];
    private TimeSpan? _last;

    /// <param name="began">When the reading of the picture began, by the process's clock.</param>
    public void See(MemberPicture picture, TimeSpan began)
    {
        var before = _last is { } last && began - last <= Gap ? last : (TimeSpan?)null;
        var seen = new Dictionary<Incarnation, (long, TimeSpan, TimeSpan)>(picture.Rows.Count);
        foreach (var row in picture.Rows)
        {
            // It was renewed after the picture before, and not earlier.
            seen[row.Incarnation] = before is not null && _seen.TryGetValue(row.Incarnation, out var known) && known.Beat == row.Beat
                ? known
                : (row.Beat, before ?? began, began);
        }

        (_seen, _last) = (seen, began);
    }

    /// <param name="row">Of the last picture.</param>
    public TimeSpan SeenStill(MemberRow row, TimeSpan now) => _seen.TryGetValue(row.Incarnation, out var known) ? now - known.Since : TimeSpan.Zero;

    /// <summary>Not longer than it has: since the row was first seen as it is.</summary>
    /// <param name="row">Of the last picture.</param>
    public TimeSpan Watched(MemberRow row, TimeSpan now) => _seen.TryGetValue(row.Incarnation, out var known) ? now - known.First : TimeSpan.Zero;

    /// <param name="row">Of the last picture.</param>
    public TimeSpan Still(MemberRow row, TimeSpan now) => Max(Min(row.Age, SeenStill(row, now)), Watched(row, now));

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
