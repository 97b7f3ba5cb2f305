namespace Realtime.Messages.Operators;

/// <summary>A member of the cluster, a node or a lighthouse, for the actor system and in the store.</summary>
/// <param name="Name">Its address while it has not said its name.</param>
/// <param name="Role"><c>node</c> or <c>lighthouse</c>.</param>
/// <param name="Standing"><c>joining</c>, <c>up</c>, <c>leaving</c> or <c>down</c>.</param>
/// <param name="Reachable">Every member receives its heartbeats.</param>
/// <param name="Misses">Members whose heartbeats it misses itself, as its row in the store says.</param>
/// <param name="Oldest">It has been a member for the longest time.</param>
/// <param name="RowAgeMs">Since its row in the store was renewed last; null: it has none any more.</param>
/// <param name="HeardMs">Since its last word, which it gives every second, reached the member that answers; null for that one itself.</param>
/// <param name="Verdict">Why the cluster goes on without it; null: it does not.</param>
public sealed record MemberStatus(
    string Name,
    string Role,
    string Address,
    string Standing,
    bool Reachable,
    IReadOnlyList<string> Misses,
    bool Oldest,
    long? RowAgeMs,
    long? HeardMs,
    string? Verdict);
