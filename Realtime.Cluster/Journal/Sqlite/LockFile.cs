namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>
/// A file beside the database that is locked while it is open. The operating system releases the lock with the process, however it dies. The
/// file itself stays: deleting it would let two processes lock two files of the same name.
/// </summary>
internal static class LockFile
{
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WouldBlockLinux = 11;
    private const int WouldBlockApple = 35;

    /// <param name="shared">True: as many as like may hold it, but nobody for himself.</param>
    /// <returns>Null when somebody else has it.</returns>
    /// <exception cref="StoreFaultException">The file cannot be made.</exception>
    public static FileStream? TryTake(string databasePath, string path, bool shared = false)
    {
        var options = PrivateFile.Options(FileMode.OpenOrCreate);
        options.Share = shared ? FileShare.ReadWrite : FileShare.None;
        try
        {
            return new FileStream(path, options);
        }
        catch (IOException e) when (e.HResult is WindowsSharingViolation or WouldBlockLinux or WouldBlockApple)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreFaultException(
                StoreFault.CannotOpen, $"The store {databasePath} cannot be opened: its lock file {path} cannot be written ({e.Message}).", e);
        }
    }
}
