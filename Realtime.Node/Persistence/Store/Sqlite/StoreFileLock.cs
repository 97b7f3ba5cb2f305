namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>
/// A file beside the database that is locked while the store is open: one process per database. The operating system releases the lock
/// with the process, however it dies. The file stays: deleting it would let two processes lock two files of the same name.
/// </summary>
internal static class StoreFileLock
{
    public const string Ending = ".lock";

    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WouldBlockLinux = 11;
    private const int WouldBlockApple = 35;

    /// <exception cref="StoreFaultException">Another process has it, or the file cannot be made.</exception>
    public static FileStream Take(string database)
    {
        var path = database + Ending;
        try
        {
            return Open(path);
        }
        catch (IOException e) when (e.HResult is WindowsSharingViolation or WouldBlockLinux or WouldBlockApple)
        {
            throw new StoreFaultException(
                StoreFault.InUse,
                $"The store {database} is in use by another process (it holds {path}). Stop that process, or give this node a store of its own.",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreFaultException(
                StoreFault.CannotOpen, $"The store {database} cannot be opened: its lock file {path} cannot be written ({e.Message}).", e);
        }
    }

    /// <summary>Creates the database unless it is there, readable by this user only: it holds the keys of the resume tokens.</summary>
    public static void Ensure(string database)
    {
        if (!File.Exists(database))
        {
            Open(database).Dispose();
        }
    }

    private static FileStream Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
