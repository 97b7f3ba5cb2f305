using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence.Members;

/// <summary>One process that works on the store, as the store knows it.</summary>
/// <param name="Beat">Counts its renewals.</param>
/// <param name="Age">Since its last renewal, by the database's clock.</param>
public sealed record MemberRow(NodeId Node, Incarnation Incarnation, long Beat, TimeSpan Age)
{
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Of its actor system; null until that listens.</summary>
    public MemberAddress? Address { get; init; }

    /// <summary>It has been Up in the cluster.</summary>
    public bool HasJoined { get; init; }

    public string? ClientUrl { get; init; }

    /// <summary>Why it is no member any more; null while it may be one.</summary>
    public string? Verdict { get; init; }

    /// <summary>Whose heartbeats it misses.</summary>
    public IReadOnlyList<Incarnation> Unreachable { get; init; } = [];
}
