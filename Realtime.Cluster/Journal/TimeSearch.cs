namespace Realtime.Cluster.Journal;

/// <summary>
/// Where a log's time crosses an instant. Halves the log instead of walking it, which takes the messages' times to be in order: where
/// the owner's clock has stepped back the answer is one of the places at which its time crosses the instant.
/// </summary>
internal static class TimeSearch
{
    /// <returns>The largest offset in [tail, head] whose message is older than <paramref name="at"/>, or tail − 1.</returns>
    public static long OffsetBefore(long tail, long head, long at, Func<long, long> timeOf)
    {
        var before = tail - 1;
        var rest = head;
        while (before < rest)
        {
            var middle = before + ((rest - before + 1) / 2);
            if (timeOf(middle) < at)
            {
                before = middle;
            }
            else
            {
                rest = middle - 1;
            }
        }

        return before;
    }
}
