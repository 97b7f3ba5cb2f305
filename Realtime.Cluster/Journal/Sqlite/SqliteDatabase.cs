using SQLitePCL;

namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>
/// One connection, used by one thread at a time. Straight on SQLite's C interface and not on ADO.NET: the writer binds some thirty values
/// per publish, and the result codes decide between outcomes that callers see.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    /// <summary>Milliseconds in which SQLite asks for a lock four times.</summary>
    private const int LockSlice = 8;

    private readonly sqlite3 _handle;
    private readonly List<SqliteStatement> _statements = [];
    private SqliteStatement? _beginWrite;

    static SqliteDatabase() => Batteries_V2.Init();

    private SqliteDatabase(sqlite3 handle) => _handle = handle;

    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Rows changed by the last statement.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <exception cref="SqliteFault">The file cannot be opened.</exception>
    public static SqliteDatabase Open(string path)
    {
        var code = raw.sqlite3_open_v2(
            path, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new SqliteDatabase(handle);
        if (code != raw.SQLITE_OK)
        {
            using (database)
            {
                throw database.Fault(code);
            }
        }

        raw.sqlite3_extended_result_codes(handle, 1);
        return database;
    }

    /// <summary>
    /// Begins a transaction with the lock to write. Asks often, a few milliseconds apart: SQLite's own waiting slows down to ten times a second, and
    /// beside writers that take the lock again and again it would be lucky to come at the right moment at all.
    /// </summary>
    public void BeginWrite(TimeSpan patience)
    {
        _beginWrite ??= Prepare("BEGIN IMMEDIATE");
        var slice = (int)Math.Min(patience.TotalMilliseconds, LockSlice);
        raw.sqlite3_busy_timeout(_handle, slice);
        for (var rest = (int)(patience.TotalMilliseconds / LockSlice); ; rest--)
        {
            try
            {
                _beginWrite.Run();
                return;
            }
            catch (SqliteFault fault) when (fault.IsBusy && rest > 0)
            {
                // Another one has it.
            }
        }
    }

    public void Execute(string sql)
    {
        var code = raw.sqlite3_exec(_handle, sql);
        if (code != raw.SQLITE_OK)
        {
            throw Fault(code);
        }
    }

    /// <summary>The first column of the first row, for pragmas.</summary>
    public long ReadInt64(string sql)
    {
        using var statement = new SqliteStatement(this, sql);
        return statement.Step() ? statement.Int64(0) : throw new InvalidOperationException($"no row from: {sql}");
    }

    public string ReadText(string sql)
    {
        using var statement = new SqliteStatement(this, sql);
        return statement.Step() ? statement.Text(0) : throw new InvalidOperationException($"no row from: {sql}");
    }

    /// <summary>A statement that lives as long as the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(this, sql);
        _statements.Add(statement);
        return statement;
    }

    internal sqlite3_stmt Compile(string sql)
    {
        var code = raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement);
        return code == raw.SQLITE_OK ? statement : throw Fault(code);
    }

    internal SqliteFault Fault(int code)
    {
        var extended = raw.sqlite3_extended_errcode(_handle);

        // The connection remembers its last error only; where it is another one than this call's, this call's code counts.
        var text = (extended & 0xff) == (code & 0xff) ? raw.sqlite3_errmsg(_handle) : raw.sqlite3_errstr(code);
        return new SqliteFault((extended & 0xff) == (code & 0xff) ? extended : code, text.utf8_to_string());
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _handle.Dispose();
    }
}
