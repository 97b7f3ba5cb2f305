using System.Net.Sockets;
using Npgsql;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>What an error of the database or its driver means.</summary>
internal static class PostgresFault
{
    /// <summary>The lane's row is gone or has been taken over: raised before anything was written.</summary>
    public const string LaneLost = "RT020";

    private const string DiskFull = "53100";

    /// <summary>Whether the database or the way to it is at fault, and not the program.</summary>
    public static bool IsOfStore(Exception e) =>
        e is NpgsqlException or TimeoutException or IOException or SocketException or InvalidDataException
        || (e is OperationCanceledException or ObjectDisposedException);

    /// <summary>
    /// A refusal by the server: its transaction is rolled back, whether or not the driver keeps the connection. One that ends the connection
    /// (FATAL) can come after the commit and says nothing.
    /// </summary>
    public static bool IsDefinite(Exception e) => e is PostgresException { InvariantSeverity: "ERROR" };

    public static WriteOutcome Outcome(Exception e) => e is PostgresException { SqlState: DiskFull } ? WriteOutcome.StorageFull : WriteOutcome.Unavailable;

    /// <summary>Data that does not fit, a row that is there already: the others of the batch may go through without it.</summary>
    public static bool MayBeOfOneWrite(Exception e) =>
        e is PostgresException error && error.SqlState is ['2', '2' or '3', ..];

    /// <summary>Gone when tried again: a deadlock, a lock that was held too long, a lane that has to be opened again.</summary>
    public static bool IsPassing(Exception e) => e is PostgresException { SqlState: "40P01" or "40001" or LaneLost };

    /// <summary>The connection is of no use for writing any more: it is a standby's, or its lane is lost.</summary>
    public static bool EndsLane(Exception e) => e is PostgresException { SqlState: "25006" or LaneLost };

    public static StoreUnavailableException Unavailable(string store, Exception e) => new($"the store {store} cannot answer now: {e.Message}", e);
}
