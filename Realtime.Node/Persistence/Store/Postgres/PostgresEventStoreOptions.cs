using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>Settings of the store in a PostgreSQL database.</summary>
/// <param name="Connection">Connection string or URL, see <see cref="PostgresAddress"/>. May carry a password.</param>
public sealed record PostgresEventStoreOptions(string Connection)
{
    /// <summary>Who opens it; the database shows the name as a part of the application name. Default null: somebody without a name.</summary>
    public MemberClaim? Claim { get; init; }

    /// <summary>
    /// How long opening waits for another process of the same name to end: longer than <see cref="MemberTimes.Still"/>. Default 15 seconds.
    /// </summary>
    public TimeSpan NamePatience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long opening waits for a server that is starting. Default 15 seconds.</summary>
    public TimeSpan StartPatience { get; init; } = StorePatience.OfStart;

    /// <summary>Transactions of one journal that commit side by side. Default 1: what comes meanwhile goes with the next one, so there are fewer commits.</summary>
    public int Writers { get; init; } = 1;

    /// <summary>Grouped reads of one journal that run side by side. Default 2.</summary>
    public int Readers { get; init; } = 2;

    /// <summary>Connections at most. Default 24.</summary>
    public int Connections { get; init; } = 24;

    /// <summary>How long connecting may take. Default 3 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a write waits for another writer's lock on its number: it holds back the answers of all others meanwhile. Default 1 second.
    /// </summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the database may take for a statement. Shorter than the journal's call time-out. Default 4 seconds.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(4);
}
