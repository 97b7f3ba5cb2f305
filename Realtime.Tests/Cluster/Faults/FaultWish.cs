using System.Globalization;
using Realtime.Tests.Cluster.Stage;

namespace Realtime.Tests.Cluster.Faults;

/// <summary>What somebody wants to be done who has more time than the test run of every day, by environment variables.</summary>
public static class FaultWish
{
    /// <summary><c>REALTIME_FAULT_SEEDS</c>: one run for each; default 13.</summary>
    public static TheoryData<int> Seeds() => [.. Words("REALTIME_FAULT_SEEDS", "13").Select(Number)];

    /// <summary>
    /// <c>REALTIME_FAULT_NODES</c>, default 3, <c>REALTIME_FAULT_LIGHTHOUSES</c>, default none, and <c>REALTIME_FAULT_PAUSE</c>: the longest pause of a node in seconds, default 40.
    /// </summary>
    internal static StageOptions Options => new()
    {
        Nodes = Number(Words("REALTIME_FAULT_NODES", "3")[0]),
        Lighthouses = Number(Words("REALTIME_FAULT_LIGHTHOUSES", "0")[0]),
        LongestPause = TimeSpan.FromSeconds(Number(Words("REALTIME_FAULT_PAUSE", "40")[0])),
    };

    /// <summary><c>REALTIME_FAULT_SECONDS</c>, default 180.</summary>
    internal static TimeSpan Time => TimeSpan.FromSeconds(Number(Words("REALTIME_FAULT_SECONDS", "180")[0]));

    /// <summary><c>REALTIME_FAULT_KINDS</c>: names of <see cref="FaultKind"/>; default all that go with so many nodes.</summary>
    internal static IReadOnlyList<FaultKind> Kinds => Words("REALTIME_FAULT_KINDS", "") is { Length: > 0 } names
        ? [.. names.Select(Enum.Parse<FaultKind>)]
        : FaultKinds.Of(Options);

    private static string[] Words(string name, string otherwise) =>
        (Environment.GetEnvironmentVariable(name) ?? otherwise).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
