namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>Settings of the embedded store.</summary>
/// <param name="Path">The database file; a missing directory is created. Null: in memory, gone with the process.</param>
public sealed record SqliteEventStoreOptions(string? Path)
{
    /// <summary>How long a transaction waits for another one's lock. Shorter than the journal's call time-out. Default 5 seconds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest size of the database in bytes; null for as large as the disk takes. Default null.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>A file up to this size has all its pages checked at start. Default 64 MiB.</summary>
    public long FullCheckBytes { get; init; } = 64 << 20;
}
