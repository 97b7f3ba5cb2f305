using Realtime.Tests.Cluster.Stage;

namespace Realtime.Tests.Cluster.Faults;

/// <summary>Which kinds a stage can be done.</summary>
internal static class FaultKinds
{
    private static readonly FaultKind[] BetweenNodes =
        [FaultKind.KillTwo, FaultKind.LinkReset, FaultKind.LinkCut, FaultKind.LinkOneWay, FaultKind.LinkLate, FaultKind.ShortPartition, FaultKind.LongPartition];

    private static readonly FaultKind[] OfLighthouses = [FaultKind.LighthouseKill, FaultKind.LighthouseRestart, FaultKind.LighthousesRestart];

    /// <summary>One file, which only its node knows.</summary>
    public static IReadOnlyList<FaultKind> OnFile =>
        [FaultKind.Kill, FaultKind.Restart, FaultKind.ShortPause, FaultKind.FullDisk, FaultKind.ClientsReset, FaultKind.ClientsSlow];

    public static IReadOnlyList<FaultKind> OfOne => [.. OfSeveral.Except(BetweenNodes).Except([FaultKind.KillOldest, FaultKind.Duplicate])];

    /// <summary>Where no majority decides.</summary>
    public static IReadOnlyList<FaultKind> OfTwo =>
        [FaultKind.KillOldest, FaultKind.KillTwo, FaultKind.LongPause, FaultKind.Restart, FaultKind.LinkReset, FaultKind.ShortPartition, FaultKind.StoreCut, FaultKind.Database];

    public static IReadOnlyList<FaultKind> OfSeveral => [.. Enum.GetValues<FaultKind>().Except(OfLighthouses).Except([FaultKind.FullDisk])];

    /// <summary>What is done to lighthouses, and what nodes and clients need them for, or the store instead of them.</summary>
    public static IReadOnlyList<FaultKind> AroundLighthouses =>
        [.. OfLighthouses, FaultKind.Kill, FaultKind.Restart, FaultKind.ShortPartition, FaultKind.Database, FaultKind.ClientsReset, FaultKind.ClientStorm];

    /// <summary>Whatever such a stage can be done.</summary>
    public static IReadOnlyList<FaultKind> Of(StageOptions options) =>
        options.Nodes == 1 ? OfOne : options.Lighthouses > 0 ? [.. OfSeveral, .. OfLighthouses] : OfSeveral;
}
