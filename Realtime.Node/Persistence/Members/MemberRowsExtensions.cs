namespace Realtime.Node.Persistence.Members;

/// <summary>What is asked of the rows once.</summary>
public static class MemberRowsExtensions
{
    /// <summary>How long ago the cluster was founded in which other processes are at work on this store; null: there is none.</summary>
    public static async Task<TimeSpan?> AgeOfClusterAsync(this IMemberRows rows, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var picture = await rows.NextAsync(cancellation).ConfigureAwait(false);
        var isThere = picture.Rows.Any(row => row.Incarnation != rows.Self && row.HasJoined && row.Verdict is null && row.Age < MemberTimes.Fresh);
        return isThere ? picture.SinceFounded ?? TimeSpan.MaxValue : null;
    }

    /// <summary>The last picture, or the first one.</summary>
    private static async Task<MemberPicture> NextAsync(this IMemberRows rows, CancellationToken cancellation)
    {
        var next = new TaskCompletionSource<MemberPicture>(TaskCreationOptions.RunContinuationsAsynchronously);
        rows.Pictured += Take;
        try
        {
            return rows.Picture ?? await next.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            rows.Pictured -= Take;
        }

        void Take(MemberPicture picture) => next.TrySetResult(picture);
    }
}
