using Npgsql;
using NpgsqlTypes;
using Realtime.Messages.Ids;
using static Realtime.Cluster.Journal.Postgres.PostgresQueries;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>The cluster's rows, over the connections for control: nothing here ever waits for readers or for a batch.</summary>
internal sealed class PostgresMembers(PostgresQueries queries, string store)
{
    private const string NodeColumns = "inc, name, boot_id, peer_addr, client_url, zone, capacity, proto, status, hb_seq, load";

    private const string View =
        $"""
        SELECT c.view_version, c.store_epoch, coalesce(c.shard_count, 0), s.ids, s.epochs, s.owners, n.*
        FROM rt.cluster c
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(x.shard_id), '[empty]') AS ids, coalesce(array_agg(x.epoch), '[empty]') AS epochs,
                coalesce(array_agg(coalesce(x.owner, 0)), '[empty]') AS owners
            FROM (SELECT * FROM rt.shard WHERE $1 = 0 OR changed_at_version > $1 ORDER BY shard_id) x) s
        LEFT JOIN LATERAL (SELECT {NodeColumns} FROM rt.node WHERE status < 4 ORDER BY inc) n ON true
        ORDER BY n.inc
        """;

    private static readonly string ViewSql = View.Replace("[empty]", "{}", StringComparison.Ordinal);

    public async ValueTask FoundAsync(ClusterCharter charter, CancellationToken cancellation)
    {
        var (shards, oldest, newest) = await queries.AskAsync(
            "SELECT shards, proto_min, proto_max FROM rt.found($1, $2)",
            parameters =>
            {
                parameters.Add(Int(charter.Shards));
                parameters.Add(Int(charter.Protocol));
            },
            async reader => await reader.ReadAsync(cancellation)
                ? (reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2))
                : throw new InvalidDataException("the store has lost its identity"),
            repeatable: true,
            cancellation);
        if (shards != charter.Shards)
        {
            throw new StoreFaultException(
                StoreFault.OtherCluster,
                $"The cluster in {store} has {shards} shards and this node is set to {charter.Shards}. The number is fixed when a cluster is founded.");
        }

        if (charter.Protocol < oldest || charter.Protocol > newest)
        {
            throw new StoreFaultException(
                StoreFault.OtherCluster,
                $"The cluster in {store} speaks versions {oldest} to {newest} of the node-to-node protocol and this node speaks {charter.Protocol}.");
        }
    }

    public ValueTask<NodeRow?> FindAsync(NodeId name, CancellationToken cancellation) => queries.AskAsync(
        $"SELECT {NodeColumns} FROM rt.node WHERE name = $1 AND status < 4",
        parameters => parameters.Add(Text(name.Name)),
        async reader => await reader.ReadAsync(cancellation) ? Node(reader, 0) : null,
        repeatable: true,
        cancellation);

    public ValueTask<JoinResult> JoinAsync(NodeProfile profile, NodeRow? seen, CancellationToken cancellation) => queries.AskAsync(
        "SELECT incarnation, version FROM rt.node_join($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        parameters =>
        {
            parameters.Add(Text(profile.Name.Name));
            parameters.Add(Uuid(profile.Boot));
            parameters.Add(Text(profile.PeerAddress));
            parameters.Add(Text(profile.ClientUrl));
            parameters.Add(Text(profile.Zone));
            parameters.Add(Int(profile.Capacity));
            parameters.Add(Int(profile.Protocol));
            parameters.Add(Maybe(seen?.Incarnation.Value, NpgsqlDbType.Bigint));
            parameters.Add(Maybe(seen?.Heartbeat, NpgsqlDbType.Bigint));
        },
        async reader => await reader.ReadAsync(cancellation)
            ? new JoinResult(new Incarnation(reader.GetInt64(0)), reader.GetInt64(1))
            : throw NoAnswer(),
        repeatable: false,
        cancellation);

    public ValueTask<ViewDelta> ViewAsync(long since, CancellationToken cancellation) => queries.AskAsync(
        ViewSql,
        parameters => parameters.Add(Long(since)),
        async reader =>
        {
            if (!await reader.ReadAsync(cancellation))
            {
                throw new InvalidDataException("the store has lost its identity");
            }

            var (version, epoch, count) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2));
            var (ids, epochs, owners) = (reader.GetFieldValue<int[]>(3), reader.GetFieldValue<long[]>(4), reader.GetFieldValue<long[]>(5));
            var nodes = new List<NodeRow>();
            if (!reader.IsDBNull(6))
            {
                do
                {
                    nodes.Add(Node(reader, 6));
                }
                while (await reader.ReadAsync(cancellation));
            }

            var shards = new ShardRow[ids.Length];
            for (var i = 0; i < ids.Length; i++)
            {
                shards[i] = new ShardRow(new ShardId(ids[i]), epochs[i], new Incarnation(owners[i]));
            }

            return new ViewDelta(version, epoch, count, nodes, shards);
        },
        repeatable: true,
        cancellation);

    public ValueTask<bool> EvictAsync(Incarnation self, Incarnation victim, long seenHeartbeat, CancellationToken cancellation) => AskBoolAsync(
        "SELECT rt.evict($1, $2, $3)",
        parameters =>
        {
            parameters.Add(Long(self.Value));
            parameters.Add(Long(victim.Value));
            parameters.Add(Long(seenHeartbeat));
        },
        cancellation);

    public ValueTask<ShardGrant> AcquireAsync(Incarnation self, IReadOnlyList<ShardId> wanted, CancellationToken cancellation) => GrantAsync(
        "SELECT allowed, version, shards, epochs FROM rt.acquire($1, $2)",
        parameters =>
        {
            parameters.Add(Long(self.Value));
            parameters.Add(Maybe(wanted.Select(shard => shard.Value).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer));
        },
        self,
        cancellation);

    public ValueTask<ShardGrant> HandOffAsync(
        Incarnation self, Incarnation to, IReadOnlyList<ShardFence> shards, CancellationToken cancellation)
    {
        // A fence of somebody else gives no right to hand anything on.
        var own = shards.Where(fence => fence.Owner == self).ToList();
        return GrantAsync(
            "SELECT allowed, version, shards, epochs FROM rt.handoff($1, $2, $3, $4)",
            parameters =>
            {
                parameters.Add(Long(self.Value));
                parameters.Add(Long(to.Value));
                parameters.Add(Maybe(own.Select(fence => fence.Shard.Value).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer));
                parameters.Add(Maybe(own.Select(fence => fence.Epoch).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint));
            },
            to,
            cancellation);
    }

    public ValueTask<bool> DrainAsync(Incarnation self, bool draining, CancellationToken cancellation) => AskBoolAsync(
        "SELECT rt.drain($1, $2)",
        parameters =>
        {
            parameters.Add(Long(self.Value));
            parameters.Add(Bool(draining));
        },
        cancellation);

    public ValueTask<DrainResult> DrainUnlessLastAsync(Incarnation self, CancellationToken cancellation) => queries.AskAsync(
        "SELECT rt.drain_unless_last($1)",
        parameters => parameters.Add(Long(self.Value)),
        async reader => await reader.ReadAsync(cancellation) ? (DrainResult)reader.GetInt32(0) : throw NoAnswer(),
        repeatable: true,
        cancellation);

    public async ValueTask LeaveAsync(Incarnation self, CancellationToken cancellation) => await queries.AskAsync(
        "SELECT rt.leave($1)", parameters => parameters.Add(Long(self.Value)), reader => reader.ReadAsync(cancellation), repeatable: true, cancellation);

    private ValueTask<bool> AskBoolAsync(string sql, Action<NpgsqlParameterCollection> bind, CancellationToken cancellation) => queries.AskAsync(
        sql, bind, async reader => await reader.ReadAsync(cancellation) && reader.GetBoolean(0), repeatable: false, cancellation);

    private ValueTask<ShardGrant> GrantAsync(
        string sql, Action<NpgsqlParameterCollection> bind, Incarnation owner, CancellationToken cancellation) => queries.AskAsync(
        sql,
        bind,
        async reader =>
        {
            if (!await reader.ReadAsync(cancellation))
            {
                throw NoAnswer();
            }

            if (!reader.GetBoolean(0))
            {
                return ShardGrant.Refused;
            }

            var (ids, epochs) = (reader.GetFieldValue<int[]>(2), reader.GetFieldValue<long[]>(3));
            return new ShardGrant(
                true, reader.GetInt64(1), [.. ids.Select((id, i) => new ShardRow(new ShardId(id), epochs[i], owner))]);
        },
        repeatable: false,
        cancellation);

    private static NodeRow Node(NpgsqlDataReader reader, int at) => new(
        new Incarnation(reader.GetInt64(at)),
        new NodeProfile(
            new NodeId(reader.GetString(at + 1)),
            reader.GetGuid(at + 2),
            reader.GetString(at + 3),
            reader.IsDBNull(at + 4) ? null : reader.GetString(at + 4),
            reader.IsDBNull(at + 5) ? null : reader.GetString(at + 5),
            reader.GetInt32(at + 6),
            reader.GetInt32(at + 7)),
        (NodeStatus)reader.GetInt16(at + 8),
        reader.GetInt64(at + 9),
        reader.GetInt32(at + 10));

    private static InvalidDataException NoAnswer() => new("a function of the schema answered nothing");
}
