using Realtime.Messages.Cluster;

namespace Realtime.Node.Cluster.Core;

/// <summary>The answer to a wish, and what is to be written before it is given.</summary>
/// <param name="Key">Of the entry that changes; null: none does.</param>
/// <param name="Value">Null: the entry goes.</param>
internal readonly record struct PlanVerdict(PlanAnswer Answer, string? Key, string? Value)
{
    public static PlanVerdict Nothing { get; } = new(PlanAnswer.Accepted, null, null);

    public static PlanVerdict Refuse(PlanAnswer answer) => new(answer, null, null);

    public static PlanVerdict Put(string key, string value) => new(PlanAnswer.Accepted, key, value);

    public static PlanVerdict Remove(string key) => new(PlanAnswer.Accepted, key, null);
}
