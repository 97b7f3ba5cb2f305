namespace Realtime.Node.Persistence.Members;

/// <summary>What is asked of the rows once.</summary>
public static class MemberRowsExtensions
{
    /// <summary>Whether other processes are at work in a cluster on this store.</summary>
    public static async Task<bool> AreOthersAliveAsync(this IMemberRows rows, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var picture = await rows.NextAsync(cancellation).ConfigureAwait(false);
        return picture.Rows.Any(row => row.Incarnation != rows.Self && row.HasJoined && row.Verdict is null && row.Age < MemberTimes.Fresh);
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
