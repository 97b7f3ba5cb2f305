namespace Realtime.Tests.Cluster.Faults;

/// <summary>Which kinds a stage can be done.</summary>
internal static class FaultKinds
{
    private static readonly FaultKind[] BetweenNodes =
        [FaultKind.KillTwo, FaultKind.LinkReset, FaultKind.LinkCut, FaultKind.LinkOneWay, FaultKind.LinkLate, FaultKind.ShortPartition, FaultKind.LongPartition];

    /// <summary>One file, which only its node knows.</summary>
    public static IReadOnlyList<FaultKind> OnFile =>
        [FaultKind.Kill, FaultKind.Restart, FaultKind.ShortPause, FaultKind.FullDisk, FaultKind.ClientsReset, FaultKind.ClientsSlow];

    public static IReadOnlyList<FaultKind> OfOne => [.. OfSeveral.Except(BetweenNodes).Except([FaultKind.KillOldest, FaultKind.Duplicate])];

    /// <summary>Where no majority decides.</summary>
    public static IReadOnlyList<FaultKind> OfTwo =>
        [FaultKind.KillOldest, FaultKind.KillTwo, FaultKind.LongPause, FaultKind.Restart, FaultKind.LinkReset, FaultKind.ShortPartition, FaultKind.StoreCut, FaultKind.Database];

    public static IReadOnlyList<FaultKind> OfSeveral => [.. Enum.GetValues<FaultKind>().Except([FaultKind.FullDisk])];
}
