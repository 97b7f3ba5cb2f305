using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>
/// Says who may use the file. One process alone: SQLite itself would let a second one in, and both would believe that their in-memory heads are
/// the log. Or several that agreed to share it, as a cluster whose fences keep them apart; each under a node's name of its own.
/// </summary>
/// <remarks>
/// Those who share open the file one after the other, and whoever finds nobody there has it alone until it is open: upgrading it, looking at its
/// pages and giving it an identity happen once, with nobody writing meanwhile.
/// </remarks>
internal sealed class StoreLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The first one may be looking at all the pages.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _database;
    private FileStream? _name;
    private FileStream? _opening;
    private FileStream? _use;

    private StoreLock(string database) => _database = database;

    /// <summary>Nobody else has the file open.</summary>
    public bool IsAlone { get; private set; }

    /// <summary>Every process has this one: alone, or with the others that share.</summary>
    private string UsePath => _database + ".lock";

    /// <param name="node">Null: alone.</param>
    /// <exception cref="StoreFaultException">Somebody else has it, or a lock file cannot be made.</exception>
    public static async Task<StoreLock> TakeAsync(string database, NodeId? node, TimeProvider time, CancellationToken cancellation)
    {
        var taken = new StoreLock(database);
        try
        {
            if (node is { } name)
            {
                await taken.ShareAsync(name, time, cancellation);
            }
            else
            {
                taken._use = LockFile.TryTake(database, taken.UsePath) ?? throw taken.InUse("this node");
                taken.IsAlone = true;
            }

            return taken;
        }
        catch (Exception)
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>The file is open: the next one may come in.</summary>
    /// <exception cref="StoreFaultException">A process that wants it for itself has come in between.</exception>
    public void Opened()
    {
        if (_name is null)
        {
            return;
        }

        if (IsAlone)
        {
            // No lock file can go from one mode to the other. In between only a process that does not share can come, and it gets the file.
            _use!.Dispose();
            _use = LockFile.TryTake(_database, UsePath, shared: true) ?? throw InUse("this node");
            IsAlone = false;
        }

        _opening!.Dispose();
        _opening = null;
    }

    public void Dispose()
    {
        _use?.Dispose();
        _opening?.Dispose();

        // Last: whoever gets the name takes its node for dead.
        _name?.Dispose();
    }

    private async Task ShareAsync(NodeId node, TimeProvider time, CancellationToken cancellation)
    {
        var path = $"{_database}.{node}.lock";
        _name = LockFile.TryTake(_database, path) ?? throw new StoreFaultException(
            StoreFault.InUse,
            $"The store {_database} is in use by another process under the node name '{node}' (it holds {path}). Stop that process, or give this node a name of its own.");
        var start = time.GetTimestamp();
        while ((_opening = LockFile.TryTake(_database, UsePath + ".opening")) is null)
        {
            if (time.GetElapsedTime(start) > Patience)
            {
                throw new StoreFaultException(StoreFault.InUse, $"The store {_database} has been being opened by another process for {Patience.TotalSeconds} s. See what that one is doing.");
            }

            await Task.Delay(Pause, time, cancellation);
        }

        _use = LockFile.TryTake(_database, UsePath);
        IsAlone = _use is not null;
        _use ??= LockFile.TryTake(_database, UsePath, shared: true) ?? throw InUse("all nodes that are to share it");
    }

    private StoreFaultException InUse(string who) => new(
        StoreFault.InUse,
        $"The store {_database} is in use by another process (it holds {UsePath}). Stop that process, or give {who} a store of its own.");
}
