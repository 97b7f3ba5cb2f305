namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>
/// The files of an open database as they were when it was opened. A file that is deleted or replaced under an open handle goes on taking
/// writes, and they are gone with the handle.
/// </summary>
internal sealed class StoreFiles
{
    private static readonly string[] Endings = ["", "-wal", "-shm", StoreFileLock.Ending];
    private readonly List<(string Path, FileIdentity Identity)> _files = [];

    /// <param name="database">Open, in WAL mode.</param>
    public StoreFiles(string database)
    {
        foreach (var path in Endings.Select(ending => database + ending))
        {
            if (FileIdentity.Of(path) is { } identity)
            {
                _files.Add((path, identity));
            }
        }
    }

    /// <summary>The first file that is gone or another one, in words; null when all are there.</summary>
    public string? Loss()
    {
        foreach (var (path, identity) in _files)
        {
            switch (FileIdentity.Of(path))
            {
                case null:
                    return $"its file {path} was deleted or moved away while the node had it open";
                case { } now when !now.MayBe(identity):
                    return $"its file {path} was replaced while the node had it open";
            }
        }

        return null;
    }
}
