using System.Net.Sockets;
using Akka.Pattern;
using Microsoft.Data.Sqlite;
using Npgsql;
using Realtime.Node.Persistence.Store.Sqlite;
using SQLitePCL;

namespace Realtime.Node.Persistence.Store;

/// <summary>What exceptions of the databases and their drivers mean.</summary>
internal static class StoreFailures
{
    public static StoreFailureKind KindOf(Exception exception) => Cause(exception) switch
    {
        PostgresException e => KindOf(e.SqlState),
        SqliteException e => KindOf(e),
        NpgsqlException or TimeoutException or IOException or SocketException => StoreFailureKind.OutOfReach,
        OpenCircuitException or OperationCanceledException or ObjectDisposedException => StoreFailureKind.OutOfReach,
        _ => StoreFailureKind.Other,
    };

    /// <summary>Whether the database or its driver said it.</summary>
    public static bool IsOfDatabase(Exception exception) => Cause(exception) is PostgresException or NpgsqlException or SqliteException;

    /// <summary>What the database says, for the middle of a sentence: one line, without its full stop and without what was wrapped around it.</summary>
    public static string TextOf(Exception exception) => Cause(exception).Message.ReplaceLineEndings(" ").TrimEnd(' ', '.');

    /// <summary>
    /// True when the transaction is certainly rolled back and may have been given up for one of its rows only: the numbers of the others are free.
    /// A lost connection and a failed roll-back say nothing.
    /// </summary>
    public static bool IsRolledBackForOne(Exception exception) => exception is not AggregateException { InnerExceptions.Count: > 1 }
        && Cause(exception) is PostgresException { InvariantSeverity: "ERROR" } or SqliteException
        && KindOf(exception) is StoreFailureKind.UniqueViolation or StoreFailureKind.Passing;

    /// <summary>
    /// True: there was no room for the transaction, and nothing of it can be there. A server that gives up may have written its end.
    /// </summary>
    public static bool IsCertainlyFull(Exception exception) =>
        KindOf(exception) is StoreFailureKind.StorageFull
        && Cause(exception) is PostgresException { InvariantSeverity: "ERROR" } or SqliteException;

    /// <summary>The statement's own failure: linq2db puts a failed roll-back before it.</summary>
    private static Exception Cause(Exception exception) => exception switch
    {
        AggregateException e => Cause(e.Flatten().InnerExceptions[^1]),
        OpenCircuitException { InnerException: { } inner } => Cause(inner),
        PostgresException or SqliteException => exception,
        { InnerException: PostgresException or SqliteException } => exception.InnerException,
        _ => exception,
    };

    private static StoreFailureKind KindOf(string state) => state switch
    {
        PostgresErrorCodes.DiskFull => StoreFailureKind.StorageFull,
        PostgresErrorCodes.UniqueViolation => StoreFailureKind.UniqueViolation,
        PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => StoreFailureKind.Passing,
        PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.LockNotAvailable => StoreFailureKind.OutOfReach,

        // Connection, resources, the operator's intervention, the server's own system.
        ['0', '8', ..] or ['5', '3', ..] or ['5', '7', ..] or ['5', '8', ..] => StoreFailureKind.OutOfReach,
        _ => StoreFailureKind.Other,
    };

    private static StoreFailureKind KindOf(SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => StoreFailureKind.StorageFull,
        raw.SQLITE_CONSTRAINT => e.SqliteExtendedErrorCode is raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY
            ? StoreFailureKind.UniqueViolation
            : StoreFailureKind.Other,

        // SQLite knows a full disk only. Of a limit it says what it says of a broken disk.
        raw.SQLITE_IOERR when e.SqliteExtendedErrorCode is raw.SQLITE_IOERR_WRITE && FileSizeLimit.IsSet => StoreFailureKind.StorageFull,
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY => StoreFailureKind.OutOfReach,
        _ => StoreFailureKind.Other,
    };
}
