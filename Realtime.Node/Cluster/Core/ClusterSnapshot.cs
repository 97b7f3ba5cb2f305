using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence;

namespace Realtime.Node.Cluster.Core;

/// <summary>The cluster as one node sees it at one time: its members, what they say of themselves, and which of them holds which shard. Immutable.</summary>
public sealed class ClusterSnapshot
{
    private readonly MemberSnapshot?[] _sessionShards;
    private readonly MemberSnapshot?[] _channelShards;

    /// <param name="members">The oldest first.</param>
    /// <param name="sessionShards">For each shard who holds it.</param>
    internal ClusterSnapshot(MemberKey self, IReadOnlyList<MemberSnapshot> members, MemberSnapshot?[] sessionShards, MemberSnapshot?[] channelShards)
    {
        Members = members;
        Self = members.FirstOrDefault(member => member.Key == self);
        (_sessionShards, _channelShards) = (sessionShards, channelShards);
    }

    /// <summary>Of a node that has not joined yet.</summary>
    public static ClusterSnapshot Empty { get; } = new(default, [], new MemberSnapshot?[EntityShards.Count], new MemberSnapshot?[EntityShards.Count]);

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<MemberSnapshot> Members { get; }

    /// <summary>The member that looks; null until it is one.</summary>
    public MemberSnapshot? Self { get; }

    /// <summary>Of several processes of one name the newest has it.</summary>
    public MemberSnapshot? Find(NodeId node) => Members.FirstOrDefault(member => member.Node == node);

    public MemberSnapshot? Find(MemberKey key) => Members.FirstOrDefault(member => member.Key == key);

    /// <summary>Who holds a shard, by what the members said within the last second. Null: none of them, or it is on its way.</summary>
    public MemberSnapshot? OwnerOf(EntityKind kind, ShardId shard) =>
        shard.Value is >= 0 and < EntityShards.Count ? (kind is EntityKind.Session ? _sessionShards : _channelShards)[shard.Value] : null;

    /// <summary>The same of a session's shard.</summary>
    public MemberSnapshot? OwnerOf(SessionId session) => OwnerOf(EntityKind.Session, new ShardId(EntityShards.Number(EntityIds.Of(session))));
}
