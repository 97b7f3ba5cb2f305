namespace Realtime.Node.Persistence.Members;

/// <summary>What is asked of the rows once.</summary>
public static class MemberRowsExtensions
{
    /// <summary>
    /// How long ago the cluster was founded in which other processes are at work on this store; null: there is none. One is at work when its row is seen to be renewed: the row of a dead one looks
    /// young when the database's clock went back.
    /// </summary>
    public static async Task<TimeSpan?> AgeOfClusterAsync(this IMemberRows rows, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using var hurry = rows.Hurry();
        var first = await rows.NextAsync(_ => true, cancellation).ConfigureAwait(false);
        var others = first.Rows
            .Where(row => row.Incarnation != rows.Self && row.HasJoined && row.Verdict is null && row.Age < MemberTimes.Fresh)
            .ToDictionary(row => row.Incarnation, row => row.Beat);
        using var still = new CancellationTokenSource(MemberTimes.Still, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(still.Token, cancellation);
        try
        {
            var next = await rows.NextAsync(
                picture => others.Keys.All(other => picture.Find(other) is null) || picture.Rows.Any(row => others.TryGetValue(row.Incarnation, out var beat) && beat != row.Beat),
                either.Token).ConfigureAwait(false);
            return others.Keys.All(other => next.Find(other) is null) ? null : Max(next.SinceFounded ?? TimeSpan.MaxValue, TimeSpan.Zero);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The last picture, or the first one that comes, which satisfies a condition.</summary>
    private static async Task<MemberPicture> NextAsync(this IMemberRows rows, Func<MemberPicture, bool> condition, CancellationToken cancellation)
    {
        var next = new TaskCompletionSource<MemberPicture>(TaskCreationOptions.RunContinuationsAsynchronously);
        rows.Pictured += Take;
        try
        {
            return rows.Picture is { } picture && condition(picture) ? picture : await next.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            rows.Pictured -= Take;
        }

        void Take(MemberPicture picture)
        {
            if (condition(picture))
            {
                next.TrySetResult(picture);
            }
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
