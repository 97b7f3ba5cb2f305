using System.Data;
using Npgsql;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>A connection for the member rows and nothing else. All calls block.</summary>
internal sealed class MemberSession(NpgsqlConnection connection, Incarnation self, TimeProvider time) : IDisposable
{
    /// <summary>Renewals need not outlive a crash of the database: rows look older than they are after one.</summary>
    public const string Settings = "-c synchronous_commit=off";

    /// <summary>Together with its reading of all rows; the row of the store is corrected after a database has lost its end, so that no number is given twice.</summary>
    private const string Renewal =
        """
        UPDATE rt.member SET renewed = clock_timestamp(), beat = beat + 1, unreachable = $2 WHERE incarnation = $1 AND verdict IS NULL
        """;

    /// <summary>Its column in <see cref="Reading"/>.</summary>
    private const int SinceFounded = 13;

    private const string Lives = "UPDATE rt.store SET lives = $1 WHERE lives < $1";

    private const string Reading =
        """
        SELECT c.generation, c.founder, m.name, m.incarnation, m.beat, extract(epoch FROM clock_timestamp() - m.renewed)::float8, m.roles, m.address, m.uid,
            m.joined IS NOT NULL, m.client_url, m.verdict, m.unreachable, extract(epoch FROM clock_timestamp() - c.founded)::float8
        FROM rt.cluster c LEFT JOIN rt.member m ON true ORDER BY m.incarnation
        """;

    /// <summary>
    /// Lately, or since the picture that is decided upon. A time that has not come yet says nothing: the clock was set back.
    /// Parameters 3 to 5: how lately, and the beats of the picture.
    /// </summary>
    private const string Renewed =
        "renewed BETWEEN clock_timestamp() - $3 AND clock_timestamp() OR (incarnation, beat) NOT IN (SELECT * FROM unnest($4::bigint[], $5::bigint[]))";

    /// <summary>False: its connection is broken.</summary>
    public bool IsOpen => connection.State is ConnectionState.Open;

    /// <returns>Whether the own row was renewed, and all rows as they are after it.</returns>
    public (bool IsRenewed, MemberPicture Picture) Renew(IReadOnlyList<Incarnation> unreachable)
    {
        var began = time.GetTimestamp();
        using var batch = new NpgsqlBatch(connection);
        var renewal = Command(Renewal, self.Value, Values(unreachable));
        batch.BatchCommands.Add(renewal);
        batch.BatchCommands.Add(Command(Lives, self.Value));
        batch.BatchCommands.Add(Command(Reading));
        var rows = new List<MemberRow>();
        var (generation, founder) = (0L, default(Incarnation));
        TimeSpan? sinceFounded = null;
        using (var reader = batch.ExecuteReader())
        {
            while (reader.Read())
            {
                (generation, founder) = (reader.GetInt64(0), new Incarnation(reader.GetInt64(1)));
                sinceFounded = reader.IsDBNull(SinceFounded) ? null : TimeSpan.FromSeconds(reader.GetDouble(SinceFounded));
                if (!reader.IsDBNull(2))
                {
                    rows.Add(Row(reader));
                }
            }
        }

        return (renewal.RecordsAffected == 1, new MemberPicture(began, generation, founder, rows) { SinceFounded = sinceFounded });
    }

    public void Announce(MemberAddress address) =>
        Demand(Run("UPDATE rt.member SET address = $2, uid = $3 WHERE incarnation = $1", self.Value, address.Text, address.Uid));

    public void Joined() => Demand(Run("UPDATE rt.member SET joined = clock_timestamp() WHERE incarnation = $1", self.Value));

    public bool Found(MemberPicture seen)
    {
        using var transaction = Durable();
        if (!Count(seen.Generation, ", founder = $2, founded = clock_timestamp()"))
        {
            return false;
        }

        // Locks them: a process that wakes up is renewed before, and then nothing is founded, or after, and finds the verdict.
        const string Others = "incarnation <> $1 AND verdict IS NULL AND (joined IS NOT NULL OR incarnation = $2)";
        const string Lock = $"SELECT {Renewed} FROM rt.member WHERE {Others} FOR UPDATE";
        using (var command = new NpgsqlCommand(Lock, connection))
        {
            Add(command.Parameters, [self.Value, seen.Founder.Value, MemberTimes.Fresh, .. Beats(seen)]);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                if (reader.GetBoolean(0))
                {
                    return false;
                }
            }
        }

        Run(
            $"UPDATE rt.member SET verdict = 'its row stood still when another node founded the cluster anew' WHERE {Others}",
            self.Value,
            seen.Founder.Value);
        transaction.Commit();
        return true;
    }

    public bool Judge(MemberPicture seen, MemberVerdict verdict)
    {
        using var transaction = Durable();
        if (!Count(seen.Generation, ""))
        {
            return false;
        }

        var judged = Run(
            $"UPDATE rt.member SET verdict = $1 WHERE incarnation = ANY($2) AND verdict IS NULL AND (NOT $6 OR NOT ({Renewed}))",
            [verdict.Reason, Values(verdict.Losers), MemberTimes.Still, .. Beats(seen), verdict.OnlyStill]);
        if (judged == 0)
        {
            return false;
        }

        transaction.Commit();
        return true;
    }

    /// <summary>Its process answers for nothing any more. Where clients reached it stays known for some hours.</summary>
    public void End() => Run(
        """
        WITH gone AS (DELETE FROM rt.member WHERE incarnation = $1 RETURNING client_url)
        INSERT INTO rt.ended SELECT client_url, clock_timestamp() FROM gone WHERE client_url IS NOT NULL ON CONFLICT (client_url) DO UPDATE SET at = excluded.at
        """,
        self.Value);

    public void Dispose() => connection.Dispose();

    private static MemberRow Row(NpgsqlDataReader reader) => new(
        new NodeId(reader.GetString(2)),
        new Incarnation(reader.GetInt64(3)),
        reader.GetInt64(4),
        TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(5))))
    {
        Roles = reader.GetFieldValue<string[]>(6),
        Address = reader.IsDBNull(7) ? null : new MemberAddress(reader.GetString(7), reader.GetInt32(8)),
        HasJoined = reader.GetBoolean(9),
        ClientUrl = reader.IsDBNull(10) ? null : reader.GetString(10),
        Verdict = reader.IsDBNull(11) ? null : reader.GetString(11),
        Unreachable = [.. reader.GetFieldValue<long[]>(12).Select(value => new Incarnation(value))],
    };

    private static long[] Values(IReadOnlyList<Incarnation> incarnations) => [.. incarnations.Select(incarnation => incarnation.Value)];

    private static object[] Beats(MemberPicture seen) =>
        [Values([.. seen.Rows.Select(row => row.Incarnation)]), seen.Rows.Select(row => row.Beat).ToArray()];

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        Add(command.Parameters, values);
        return command;
    }

    private static void Add(NpgsqlParameterCollection parameters, params object[] values)
    {
        foreach (var value in values)
        {
            parameters.Add(new NpgsqlParameter { Value = value });
        }
    }

    /// <summary>Verdicts and foundations must outlive a crash of the database.</summary>
    private NpgsqlTransaction Durable()
    {
        var transaction = connection.BeginTransaction();
        Run("SET LOCAL synchronous_commit = on");
        return transaction;
    }

    /// <summary>Whoever does it next waits until this transaction is over, and then finds another number.</summary>
    private bool Count(long generation, string more) => Run(
        $"""
        UPDATE rt.cluster SET generation = generation + 1{more}
        WHERE generation = $1 AND EXISTS (SELECT FROM rt.member WHERE incarnation = $2 AND verdict IS NULL)
        """,
        generation,
        self.Value) == 1;

    private static void Demand(int changed)
    {
        if (changed == 0)
        {
            throw new InvalidOperationException("this process has no row any more");
        }
    }

    private int Run(string sql, params object[] values)
    {
        using var command = new NpgsqlCommand(sql, connection);
        Add(command.Parameters, values);
        return command.ExecuteNonQuery();
    }
}
