namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>
/// Keeps a second process off the file. SQLite itself would let it in, and both would believe that their in-memory heads are the log.
/// The operating system releases the lock with the process, however it dies.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WouldBlockLinux = 11;
    private const int WouldBlockApple = 35;
    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <exception cref="StoreFaultException">Somebody else has it, or the lock file cannot be made.</exception>
    public static StoreLock Take(string databasePath)
    {
        var path = databasePath + ".lock";
        try
        {
            return new StoreLock(new FileStream(path, PrivateFile.Options(FileMode.OpenOrCreate)));
        }
        catch (IOException e) when (e.HResult is WindowsSharingViolation or WouldBlockLinux or WouldBlockApple)
        {
            throw new StoreFaultException(
                StoreFault.InUse,
                $"The store {databasePath} is in use by another process (it holds {path}). Stop that process, or give this node a store of its own.",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreFaultException(
                StoreFault.CannotOpen, $"The store {databasePath} cannot be opened: its lock file {path} cannot be written ({e.Message}).", e);
        }
    }

    /// <summary>The file stays: deleting it would let two processes lock two files of the same name.</summary>
    public void Dispose() => _file.Dispose();
}
