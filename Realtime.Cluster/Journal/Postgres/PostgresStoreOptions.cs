namespace Realtime.Cluster.Journal.Postgres;

/// <summary>Settings of the store in a PostgreSQL database.</summary>
/// <param name="Connection">Connection string or URL, see <see cref="PostgresAddress"/>. May carry a password.</param>
public sealed record PostgresStoreOptions(string Connection)
{
    /// <summary>Connections that commit side by side; all writes of one shard take the same. Default 2.</summary>
    public int Lanes { get; init; } = 2;

    /// <summary>Connections that read side by side. Default 8.</summary>
    public int Readers { get; init; } = 8;

    /// <summary>Writes that may wait or be under way, over all lanes, before callers get <see cref="WriteOutcome.Busy"/>. Default 32,768.</summary>
    public int QueueItems { get; init; } = 32_768;

    /// <summary>Bytes of writes that may wait or be under way, over all lanes. Default 64 MiB.</summary>
    public long QueueBytes { get; init; } = 64 << 20;

    /// <summary>Writes that share one commit at most. Default 2,000.</summary>
    public int BatchItems { get; init; } = 2_000;

    /// <summary>Bytes that share one commit at most. Default 4 MiB.</summary>
    public long BatchBytes { get; init; } = 4 << 20;

    /// <summary>How long producers' sequence numbers are remembered. Default 600 seconds.</summary>
    public TimeSpan ProducerWindow { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>How long connecting may take. Default 3 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the database may take to answer a statement before its connection is given up. Default 10 seconds.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a heartbeat may take before its connection is given up. Default 3 seconds.</summary>
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a batch whose answer was lost is looked for before its writers hear <see cref="WriteOutcome.Unknown"/>. Default 10 seconds.</summary>
    public TimeSpan ResolveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest pause between two tries to connect; the first is an eighth of it. Default 2 seconds.</summary>
    public TimeSpan ReconnectPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Hears of every batch of writes. Default nobody.</summary>
    public BatchWritten? Written { get; init; }

    /// <summary>Everything that is wrong with these settings; empty when nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        Demand(PostgresAddress.TryParse(Connection, out _, out _), $"{nameof(Connection)} is no connection string and no URL with a host");
        Demand(Lanes is >= 1 and <= 16, $"{nameof(Lanes)} must be 1 to 16, not {Lanes}");
        Demand(Readers is >= 1 and <= 64, $"{nameof(Readers)} must be 1 to 64, not {Readers}");
        Demand(QueueItems >= Lanes, $"{nameof(QueueItems)} must be at least 1 for each lane, not {QueueItems}");
        Demand(QueueBytes >= 1024, $"{nameof(QueueBytes)} must be at least 1024, not {QueueBytes}");
        Demand(BatchItems is >= 1 and <= 30_000, $"{nameof(BatchItems)} must be 1 to 30000, not {BatchItems}");
        Demand(BatchBytes >= 1024, $"{nameof(BatchBytes)} must be at least 1024, not {BatchBytes}");
        Demand(ProducerWindow > TimeSpan.Zero, $"{nameof(ProducerWindow)} must be positive, not {ProducerWindow}");
        foreach (var (name, value) in new[]
        {
            (nameof(ConnectTimeout), ConnectTimeout), (nameof(AnswerTimeout), AnswerTimeout), (nameof(HeartbeatTimeout), HeartbeatTimeout),
        })
        {
            // Npgsql counts these in whole seconds, and takes 0 for "for ever".
            Demand(value >= TimeSpan.FromSeconds(1), $"{name} must be at least a second, not {value}");
        }

        Demand(ResolveTimeout > TimeSpan.Zero, $"{nameof(ResolveTimeout)} must be positive, not {ResolveTimeout}");
        Demand(ReconnectPause > TimeSpan.Zero, $"{nameof(ReconnectPause)} must be positive, not {ReconnectPause}");
        return faults;

        void Demand(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }
    }
}
