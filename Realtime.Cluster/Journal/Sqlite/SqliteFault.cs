using SQLitePCL;

namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>SQLite said no. <see cref="Code"/> is its primary result code, <see cref="ExtendedCode"/> the whole one.</summary>
internal sealed class SqliteFault(int extendedCode, string message) : Exception($"{message} (SQLite {extendedCode})")
{
    public int ExtendedCode { get; } = extendedCode;

    public int Code => ExtendedCode & 0xff;

    public bool IsFull => Code == raw.SQLITE_FULL;

    public bool IsBusy => Code is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    public bool IsCorrupt => Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>True when another write, or fewer of them, may well go through: it is worth finding out whose fault it was.</summary>
    public bool MayBeOfOneWrite => Code is raw.SQLITE_FULL or raw.SQLITE_TOOBIG or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH;
}
