namespace Realtime.Node.Cluster.Core;

/// <summary>
/// How long a node has been a member that does not come Up. The side that let it in may have been given up meanwhile: then the members that are left do not know it, and ignore what it
/// says. Only a new process can join them.
/// </summary>
internal sealed class JoinPatience
{
    private TimeSpan? _since;
    private TimeSpan? _last;

    /// <summary>Members that miss each other, whose trouble begins when the node has just been let in, are settled long before.</summary>
    public static TimeSpan Most { get; } = (2 * DowningTimes.Settle) + DowningTimes.LeaseOver;

    /// <param name="isMember">Whether it was let in. It is not Up yet.</param>
    /// <param name="began">When the reading of the rows began, by the process's clock. While they cannot be read nobody is given up, and the time does not count.</param>
    public bool IsOver(bool isMember, TimeSpan began)
    {
        if (!isMember || (_last is { } last && began - last > RowClock.Gap))
        {
            _since = null;
        }

        _last = began;
        if (!isMember)
        {
            return false;
        }

        _since ??= began;
        return began - _since >= Most;
    }
}
