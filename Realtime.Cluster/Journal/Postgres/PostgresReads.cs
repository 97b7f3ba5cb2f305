using Npgsql;
using NpgsqlTypes;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted;
using Realtime.Messages.Positions;
using static Realtime.Cluster.Journal.Postgres.PostgresQueries;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>What is read of logs and sessions. Everything one answer says is of one snapshot.</summary>
internal sealed class PostgresReads(PostgresQueries queries)
{
    // The shard is looked at without a lock: who owns it at this epoch in this snapshot sees in it whatever earlier owners have committed,
    // and is fenced at its next write if it does not own it any more.
    private const string OpenLog =
        """
        SELECT c.store_epoch, $3::int IS NULL OR EXISTS (SELECT 1 FROM rt.shard s WHERE s.shard_id = $3 AND s.epoch = $4 AND s.owner = $5),
            l.id, l.epoch, l.head, l.tail,
            CASE WHEN l.tail > l.head THEN 0 ELSE l.total - (SELECT j.before FROM rt.journal j WHERE j.log = l.id AND j.off = l.tail) END,
            p.producers, p.counts, p.seqs, p.offs, p.ats
        FROM rt.cluster c LEFT JOIN rt.log l ON l.name = $1
        LEFT JOIN LATERAL (
            SELECT array_agg(m.producer) AS producers, array_agg(m.count) AS counts, array_agg(m.seq) AS seqs, array_agg(m.off) AS offs,
                array_agg(m.at) AS ats
            FROM (SELECT * FROM rt.producer r WHERE r.log = l.id AND r.at >= $2 ORDER BY r.log, r.producer, r.slot) m) p ON true
        """;

    /// <returns>Null when the channel has no log.</returns>
    /// <exception cref="StoreFencedException">The shard belongs to somebody else.</exception>
    public ValueTask<OpenLog?> OpenAsync(
        ChannelName channel, ShardFence? fence, StoreIdentity store, long marksSince, CancellationToken cancellation) => queries.AskAsync(
        OpenLog,
        parameters =>
        {
            parameters.Add(Text(channel.Value));
            parameters.Add(Long(marksSince));
            parameters.Add(Maybe(fence?.Shard.Value, NpgsqlDbType.Integer));
            parameters.Add(Maybe(fence?.Epoch, NpgsqlDbType.Bigint));
            parameters.Add(Maybe(fence?.Owner.Value, NpgsqlDbType.Bigint));
        },
        async reader =>
        {
            if (!await reader.ReadAsync(cancellation))
            {
                throw new InvalidDataException("the store has lost its identity");
            }

            if (!reader.GetBoolean(1))
            {
                throw Fenced(channel);
            }

            if (reader.IsDBNull(2))
            {
                return null;
            }

            var log = new LogId(reader.GetInt64(2));
            var epoch = LogEpoch.Of(store with { StoreEpoch = reader.GetInt64(0) }, reader.GetInt64(3));
            var (head, tail) = (reader.GetInt64(4), reader.GetInt64(5));
            return reader.IsDBNull(6) ? throw Hole(log, tail) : new OpenLog(log, epoch, head, tail, reader.GetInt64(6), Marks(reader));
        },
        repeatable: true,
        cancellation);

    /// <exception cref="StoreFencedException">The shard belongs to somebody else.</exception>
    public async ValueTask CreateAsync(ChannelName channel, ShardFence? fence, CancellationToken cancellation)
    {
        var allowed = await queries.AskAsync(
            "SELECT rt.log_create($1, $2, $3, $4)",
            parameters =>
            {
                parameters.Add(Text(channel.Value));
                parameters.Add(Maybe(fence?.Epoch, NpgsqlDbType.Bigint));
                parameters.Add(Maybe(fence?.Shard.Value, NpgsqlDbType.Integer));
                parameters.Add(Maybe(fence?.Owner.Value, NpgsqlDbType.Bigint));
            },
            async reader => await reader.ReadAsync(cancellation) && reader.GetBoolean(0),
            repeatable: true,
            cancellation);
        if (!allowed)
        {
            throw Fenced(channel);
        }
    }

    public ValueTask<LogSlice> ReadAsync(LogId log, long after, int limit, int maxBytes, CancellationToken cancellation) => queries.AskAsync(
        "SELECT head, tail, off, at, record FROM rt.read($1, $2, $3, $4)",
        parameters =>
        {
            parameters.Add(Long(log.Value));
            parameters.Add(Long(after));
            parameters.Add(Int(Math.Max(0, limit)));
            parameters.Add(Long(maxBytes));
        },
        async reader =>
        {
            if (!await reader.ReadAsync(cancellation))
            {
                throw None(log);
            }

            var (head, tail) = (reader.GetInt64(0), reader.GetInt64(1));
            var first = Math.Max(after, tail - 1) + 1;
            var messages = new List<LogMessage>();
            while (await reader.ReadAsync(cancellation))
            {
                var offset = reader.GetInt64(2);
                if (offset != first + messages.Count)
                {
                    throw Hole(log, first + messages.Count);
                }

                messages.Add(RecordCodec.Read(offset, reader.GetInt64(3), reader.GetFieldValue<byte[]>(4)));
            }

            return messages.Count == 0 && limit > 0 && first <= head ? throw Hole(log, first) : new LogSlice(head, tail, messages);
        },
        repeatable: true,
        cancellation);

    public ValueTask<LogSlice> HeadAsync(LogId log, CancellationToken cancellation) => queries.AskAsync(
        "SELECT head, tail FROM rt.log WHERE id = $1",
        parameters => parameters.Add(Long(log.Value)),
        async reader => await reader.ReadAsync(cancellation) ? new LogSlice(reader.GetInt64(0), reader.GetInt64(1), []) : throw None(log),
        repeatable: true,
        cancellation);

    public ValueTask<long> OffsetBeforeAsync(LogId log, long at, CancellationToken cancellation) => queries.AskAsync(
        "SELECT rt.offset_before($1, $2)",
        parameters =>
        {
            parameters.Add(Long(log.Value));
            parameters.Add(Long(at));
        },
        async reader => await reader.ReadAsync(cancellation) && !reader.IsDBNull(0) ? reader.GetInt64(0) : throw None(log),
        repeatable: true,
        cancellation);

    public ValueTask<IReadOnlyList<OldestMessage>> OldestAsync(LogId after, int limit, CancellationToken cancellation) => queries.AskAsync<IReadOnlyList<OldestMessage>>(
        """
        SELECT l.id, l.name, j.at FROM rt.log l JOIN rt.journal j ON j.log = l.id AND j.off = l.tail
        WHERE l.id > $1 AND l.tail <= l.head ORDER BY l.id LIMIT $2
        """,
        parameters =>
        {
            parameters.Add(Long(after.Value));
            parameters.Add(Int(Math.Max(0, limit)));
        },
        async reader =>
        {
            var found = new List<OldestMessage>();
            while (await reader.ReadAsync(cancellation))
            {
                found.Add(new OldestMessage(new LogId(reader.GetInt64(0)), ChannelName.FromStore(reader.GetString(1)), reader.GetInt64(2)));
            }

            return found;
        },
        repeatable: true,
        cancellation);

    public ValueTask<StoredSession?> SessionAsync(SessionId session, long now, CancellationToken cancellation) => queries.AskAsync(
        "SELECT revision, expires_at, record FROM rt.session WHERE id = $1 AND (expires_at IS NULL OR expires_at >= $2)",
        parameters =>
        {
            parameters.Add(Uuid(PostgresIds.ToGuid(session)));
            parameters.Add(Long(now));
        },
        async reader => await reader.ReadAsync(cancellation)
            ? new StoredSession(
                Record(session, reader.GetFieldValue<byte[]>(2)), reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1))
            : null,
        repeatable: true,
        cancellation);

    public ValueTask<IReadOnlyList<SessionId>> AttachedAsync(
        IReadOnlyCollection<ShardId>? shards, SessionId after, int limit, CancellationToken cancellation) => queries.AskAsync<IReadOnlyList<SessionId>>(
        """
        SELECT id FROM rt.session WHERE expires_at IS NULL AND id > $1 AND ($2::int[] IS NULL OR shard IS NULL OR shard = ANY ($2))
        ORDER BY id LIMIT $3
        """,
        parameters =>
        {
            parameters.Add(Uuid(PostgresIds.ToGuid(after)));
            parameters.Add(Maybe(shards?.Select(shard => shard.Value).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer));
            parameters.Add(Int(Math.Max(0, limit)));
        },
        async reader =>
        {
            var sessions = new List<SessionId>();
            while (await reader.ReadAsync(cancellation))
            {
                sessions.Add(PostgresIds.ToSession(reader.GetGuid(0)));
            }

            return sessions;
        },
        repeatable: true,
        cancellation);

    /// <summary>Rows that another node's sweep or a write holds are left for the next one.</summary>
    public ValueTask<int> SweepAsync(long now, int limit, CancellationToken cancellation) => queries.AskAsync(
        """
        WITH gone AS (
            DELETE FROM rt.session WHERE id IN (
                SELECT id FROM rt.session WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1)
        SELECT count(*)::int FROM gone
        """,
        parameters =>
        {
            parameters.Add(Long(now));
            parameters.Add(Int(Math.Max(0, limit)));
        },
        async reader => await reader.ReadAsync(cancellation) ? reader.GetInt32(0) : 0,
        repeatable: false,
        cancellation);

    private static List<ProducerMark> Marks(NpgsqlDataReader reader)
    {
        var marks = new List<ProducerMark>();
        if (reader.IsDBNull(7))
        {
            return marks;
        }

        var producers = reader.GetFieldValue<string[]>(7);
        var (counts, sequences) = (reader.GetFieldValue<long[]>(8), reader.GetFieldValue<long[]>(9));
        var (offsets, times) = (reader.GetFieldValue<long[]>(10), reader.GetFieldValue<long[]>(11));
        ProducerId producer = default;
        for (var i = 0; i < producers.Length; i++)
        {
            // A producer has up to 256 rows: one string for all of them.
            producer = producer.Value == producers[i] ? producer : ProducerId.FromStore(producers[i]);
            marks.Add(new ProducerMark(producer, counts[i], sequences[i], offsets[i], times[i]));
        }

        return marks;
    }

    private static SessionRecord Record(SessionId session, byte[] bytes)
    {
        try
        {
            return SessionRecord.Parser.ParseFrom(bytes);
        }
        catch (Google.Protobuf.InvalidProtocolBufferException e)
        {
            throw new InvalidDataException($"the row of session {session} cannot be read", e);
        }
    }

    private static StoreFencedException Fenced(ChannelName channel) => new($"the shard of {channel} belongs to somebody else");

    private static ArgumentException None(LogId log) => new($"there is no log {log.Value}", nameof(log));

    private static InvalidDataException Hole(LogId log, long offset) => new($"log {log.Value} has lost its message {offset}");
}
