using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;

namespace Realtime.Node.Cluster.Core;

/// <summary>
/// Puts together what the cluster says of its members, what they say of themselves, and the plans in force. Members come and go by the
/// cluster's word alone: a row of a process that is no member, late or forged, changes nothing.
/// </summary>
internal sealed class MemberTable(MemberKey self)
{
    private readonly Dictionary<MemberKey, Entry> _members = [];
    private PlanBook _plans = PlanBook.Empty;
    private long _arrivals;

    /// <summary>The members beside this one.</summary>
    public IEnumerable<MemberKey> Others => _members.Keys.Where(key => key != self);

    /// <summary>A member that is new, or further in its life.</summary>
    public void Put(MemberKey key, int age, MemberStanding standing, bool holdsShards)
    {
        if (!_members.TryGetValue(key, out var entry))
        {
            _members.Add(key, entry = new Entry());
        }

        (entry.Age, entry.Standing, entry.HoldsShards) = (age, standing, holdsShards);
    }

    public void Remove(MemberKey key) => _members.Remove(key);

    public void Reach(MemberKey key, bool isReachable)
    {
        if (_members.TryGetValue(key, out var entry))
        {
            entry.IsReachable = isReachable;
        }
    }

    /// <summary>False: it is of no member, or older than one that is known.</summary>
    public bool Take(ClusterNews.NodeRow row)
    {
        if (!_members.TryGetValue(row.Member, out var entry) || entry.Row?.Number >= row.Number)
        {
            return false;
        }

        (entry.Row, entry.Arrival) = (row, ++_arrivals);
        return true;
    }

    public void Follow(PlanBook plans) => _plans = plans;

    public ClusterSnapshot Snapshot()
    {
        var newest = new Dictionary<NodeId, Incarnation>();
        foreach (var row in _members.Values.Select(entry => entry.Row).OfType<ClusterNews.NodeRow>())
        {
            newest[row.Node] = newest.TryGetValue(row.Node, out var other) && other > row.Incarnation ? other : row.Incarnation;
        }

        var sessions = new MemberSnapshot?[EntityShards.Count];
        var channels = new MemberSnapshot?[EntityShards.Count];
        var members = new List<MemberSnapshot>(_members.Count);

        // Two may say that they hold a shard that has just moved: the one that spoke last is right.
        foreach (var (key, entry) in _members.OrderBy(member => member.Value.Arrival))
        {
            var member = Of(key, entry, entry.Row is { } row && newest[row.Node] == row.Incarnation ? row : null);
            members.Add(member);
            Hold(sessions, member, EntityKind.Session);
            Hold(channels, member, EntityKind.Channel);
        }

        members.Sort(static (left, right) => left.Age != right.Age ? left.Age.CompareTo(right.Age) : string.CompareOrdinal(left.Key.Address, right.Key.Address));
        return new ClusterSnapshot(self, members, sessions, channels);
    }

    private MemberSnapshot Of(MemberKey key, Entry entry, ClusterNews.NodeRow? row) => new(
        key,
        entry.Age,
        entry.Standing,
        entry.IsReachable,
        entry.HoldsShards,
        row,
        IsDrained: row is not null && _plans.Drained.Contains(row.Node),
        IsStopping: _plans.Stopping.Contains(key));

    private static void Hold(MemberSnapshot?[] owners, MemberSnapshot member, EntityKind kind)
    {
        foreach (var shard in member.Row?.Shards(kind).Shards ?? [])
        {
            owners[shard.Value] = member;
        }
    }

    private sealed class Entry
    {
        public int Age { get; set; }

        public MemberStanding Standing { get; set; }

        public bool HoldsShards { get; set; }

        public bool IsReachable { get; set; } = true;

        public ClusterNews.NodeRow? Row { get; set; }

        /// <summary>Orders rows of all members by when they came.</summary>
        public long Arrival { get; set; }
    }
}
