using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Cluster.Core;

/// <summary>After how long a member is given up.</summary>
internal static class DowningTimes
{
    /// <summary>Members that miss each other, though both renew their rows, have that long to find each other again.</summary>
    public static TimeSpan Settle { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Younger troubles may pass, and decide about nobody.</summary>
    public static TimeSpan Lasting { get; } = TimeSpan.FromSeconds(10);

    /// <summary>A member that can be reached and does not renew its row while others do: it has lost the store.</summary>
    public static TimeSpan WithoutStore { get; } = TimeSpan.FromSeconds(20);

    /// <summary>After a verdict against a member that may still have its lease: the row is not renewed any more.</summary>
    public static TimeSpan LeaseOver { get; } = MemberTimes.Lease + TimeSpan.FromSeconds(1);
}
