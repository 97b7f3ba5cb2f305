namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>Files only the node's own user can read: the store holds the keys of the resume tokens.</summary>
internal static class PrivateFile
{
    /// <summary>Creates the file unless it is there; SQLite gives the files it puts beside a database the database's own rights.</summary>
    public static void Ensure(string path)
    {
        if (!File.Exists(path))
        {
            using var _ = new FileStream(path, Options(FileMode.OpenOrCreate));
        }
    }

    public static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
