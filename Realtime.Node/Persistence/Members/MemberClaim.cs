using System.Security.Cryptography;
using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence.Members;

/// <summary>What a process says of itself before it works on a shared store.</summary>
/// <param name="Node">One process has it at a time.</param>
/// <param name="Shards">The same on all nodes, as <paramref name="Wire"/> is: else a member could not talk to them.</param>
public sealed record MemberClaim(NodeId Node, int Shards, int Wire)
{
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Where clients reach this very node; null when they cannot choose it.</summary>
    public string? ClientUrl { get; init; }

    /// <summary>Of a program that only reads and writes: a name that no other process has.</summary>
    public static MemberClaim Nameless() => new(new NodeId($"store-{RandomNumberGenerator.GetHexString(12, lowercase: true)}"), EntityShards.Count, WireVersion);

    /// <summary>Of the messages between nodes. Counted up by a change that older nodes cannot read.</summary>
    public const int WireVersion = 1;
}
