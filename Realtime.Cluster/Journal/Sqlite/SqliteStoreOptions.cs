using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>Settings of the embedded store.</summary>
/// <param name="Path">The database file; a missing directory is created.</param>
public sealed record SqliteStoreOptions(string Path)
{
    /// <summary>Writes that may wait or be under way before callers get <see cref="WriteOutcome.Busy"/>. Default 16,384.</summary>
    public int QueueItems { get; init; } = 16_384;

    /// <summary>Bytes of writes that may wait or be under way. One larger write is taken when nothing else waits. Default 32 MiB.</summary>
    public long QueueBytes { get; init; } = 32 << 20;

    /// <summary>Writes that share one commit at most. Default 2,000.</summary>
    public int BatchItems { get; init; } = 2_000;

    /// <summary>Bytes that share one commit at most. Default 4 MiB.</summary>
    public long BatchBytes { get; init; } = 4 << 20;

    /// <summary>How long producers' sequence numbers are remembered. Default 600 seconds.</summary>
    public TimeSpan ProducerWindow { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Connections that read side by side. Default 4.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>How long a write or read waits for another program that has locked the file. Default 5 seconds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest size of the database file in bytes; null for as large as the disk takes. Default null.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>A file up to this size has all its pages checked at start; of a larger one only the edges are. Default 64 MiB.</summary>
    public long FullCheckBytes { get; init; } = 64 << 20;

    /// <summary>
    /// Null: this process has the file for itself. A node's name: several processes share the file, each under a name of its own; for trying out a
    /// cluster on one machine, as all of them wait for one lock to write. Default null.
    /// </summary>
    public NodeId? Node { get; init; }

    /// <summary>Hears of every batch of writes. Default nobody.</summary>
    public BatchWritten? Written { get; init; }

    /// <summary>Everything that is wrong with these settings; empty when nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        Demand(!string.IsNullOrWhiteSpace(Path), $"{nameof(Path)} is empty");
        Demand(QueueItems >= 1, $"{nameof(QueueItems)} must be at least 1, not {QueueItems}");
        Demand(QueueBytes >= 1024, $"{nameof(QueueBytes)} must be at least 1024, not {QueueBytes}");
        Demand(BatchItems >= 1, $"{nameof(BatchItems)} must be at least 1, not {BatchItems}");
        Demand(BatchBytes >= 1024, $"{nameof(BatchBytes)} must be at least 1024, not {BatchBytes}");
        Demand(ProducerWindow > TimeSpan.Zero, $"{nameof(ProducerWindow)} must be positive, not {ProducerWindow}");
        Demand(Readers is >= 1 and <= 64, $"{nameof(Readers)} must be 1 to 64, not {Readers}");
        Demand(BusyTimeout >= TimeSpan.Zero, $"{nameof(BusyTimeout)} must not be negative");
        Demand(MaxBytes is null or >= 1 << 20, $"{nameof(MaxBytes)} must be at least 1 MiB, not {MaxBytes}");
        Demand(FullCheckBytes >= 0, $"{nameof(FullCheckBytes)} must not be negative");
        Demand(
            Node is not { Name: var name } || (name is { Length: >= 1 and <= 64 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')),
            $"{nameof(Node)} must be 1 to 64 letters, digits, '.', '_', '-', not '{Node}'");
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
