using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Persistence.Members;

namespace Realtime.Tests.Cluster.Members;

/// <summary>A process of a <see cref="DowningWorld"/>, its row and what it knows.</summary>
internal sealed class SimulatedNode(long number, string role)
{
    public long Number => number;

    public string Role => role;

    public DowningDecision Decision { get; } = new(new Incarnation(number));

    /// <summary>When it renews its row next.</summary>
    public TimeSpan Next { get; set; }

    public TimeSpan Renewed { get; set; }

    public long Beat { get; set; }

    public string? Verdict { get; set; }

    /// <summary>It has found its verdict, and its row and its process are gone.</summary>
    public bool HasEnded { get; set; }

    public bool IsDead { get; set; }

    public bool IsPaused { get; set; }

    public bool IsWithoutStore { get; set; }

    /// <summary>Nothing ever happened to it or to its links.</summary>
    public bool IsSound { get; set; } = true;

    public bool IsHurried { get; set; }

    public IReadOnlyList<Incarnation> Unreachable { get; set; } = [];

    /// <summary>Whom it has taken out of its cluster.</summary>
    public HashSet<long> Downed { get; } = [];

    public bool Runs => !IsDead && !IsPaused && !HasEnded;

    public bool IsAlive => !IsDead && !HasEnded && Verdict is null;

    public bool HoldsLease(TimeSpan now) => !HasEnded && now - Renewed < MemberTimes.Lease;
}
