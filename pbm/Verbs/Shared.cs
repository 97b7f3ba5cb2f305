using System.CommandLine;
using Realtime.Messages.Operators;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Verbs;

/// <summary>Options and phrases that several verbs have.</summary>
internal static class Shared
{
    public static Option<bool> Yes() => new("--yes", "-y") { Description = "Do not ask. Needed where there is no terminal to ask at." };

    /// <summary>Sessions and channels have shards of their own, numbered alike.</summary>
    public static Option<string?> Kind(string description, bool required = false)
    {
        var kind = new Option<string?>("--kind") { Description = description, HelpName = "session|channel", Required = required };
        kind.AcceptOnlyFromAmong("session", "channel");
        return kind;
    }

    /// <summary>Who answers holds no sessions and no channels.</summary>
    public static bool IsLighthouse(ClusterStatus cluster) => cluster.Standing == ClusterStatus.Watching;

    public static Cell Standing(ClusterStatus cluster) => IsLighthouse(cluster)
        ? Cell.Quiet($"{cluster.Standing}: a lighthouse answers, and asks the nodes")
        : Cell.State(cluster.Standing);

    /// <param name="silence">What to say of a node that was asked in vain.</param>
    public static Cell Status(NodeStatus node, string silence) => node.Reachable || node.Status == "dead"
        ? Cell.State(node.Status)
        : new Cell($"{node.Status}, {silence}", Tone.Bad);

    public static Cell Store(StoreStatus store, long? epoch = null) => new(
        $"{store.Description}, {(store.Well ? "well" : "not well: " + (store.Fault ?? "no reason given"))}{(store.Durable ? "" : ", keeps nothing over a restart")}{(epoch is { } known ? $", epoch {known}" : "")}",
        !store.Well ? Tone.Bad : store.Durable ? Tone.Good : Tone.Busy);

    /// <summary>At the end of what a verb says of itself, where it needs a second node.</summary>
    public const string Parked = "Needs a second node.";

    public static Cell Shards(ClusterStatus cluster) => cluster.Clustered ? Shards(cluster.Shards) : $"{Words.Number((long)cluster.Shards.Total)}, all here";

    private static Cell Shards(ShardCounts shards) => new(
        $"{Words.Number((long)shards.Total)}, {Words.Number((long)shards.Free)} free, {Words.Number((long)shards.Moving)} moved by operators",
        shards.Moving > 0 ? Tone.Busy : Tone.Plain);

    public static Cell Pauses(IReadOnlyList<MovesPause> pauses) => pauses.Count == 0
        ? "as planned"
        : new Cell($"paused on {string.Join(", ", pauses.Select(pause => $"{pause.Node} for another {Words.Duration(TimeSpan.FromSeconds(pause.SecondsLeft))}"))}", Tone.Busy);
}
