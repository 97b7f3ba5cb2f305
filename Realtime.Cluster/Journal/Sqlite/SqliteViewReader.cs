namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>Reads the cluster's view from a SQLite file that nodes of this machine share.</summary>
public sealed class SqliteViewReader : IViewReader
{
    private readonly SqliteStoreOptions _options;
    private readonly ClusterConnection _connection;

    public SqliteViewReader(SqliteStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options with { Path = Path.GetFullPath(options.Path) };
        _connection = new ClusterConnection(_options, Open);
    }

    public string Description => $"sqlite:{_options.Path}";

    public async ValueTask<StoreIdentity> OpenAsync(CancellationToken cancellation = default) =>
        await Task.Run(Identify, cancellation).ConfigureAwait(false);

    public ValueTask<ViewDelta> ViewAsync(long since, CancellationToken cancellation = default) =>
        _connection.RunAsync(cluster => cluster.View(since), cancellation);

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private StoreIdentity Identify()
    {
        try
        {
            using var database = Open();
            return SqliteIdentity.Load(database);
        }
        catch (SqliteFault e) when (e.IsCorrupt)
        {
            throw IntegrityLook.Corrupt(_options.Path, e.Message, e);
        }
        catch (Exception e) when (e is SqliteFault or InvalidDataException)
        {
            // Between the making of the tables and that of the identity there is a moment.
            throw new StoreUnavailableException($"the store {_options.Path} cannot answer: {e.Message}", e);
        }
    }

    private SqliteDatabase Open()
    {
        // Opening a file that is not there would make it.
        if (!File.Exists(_options.Path))
        {
            throw new StoreUnavailableException($"there is no file {_options.Path}: no node has made it yet");
        }

        var database = SqliteConnections.Reader(_options);
        try
        {
            SqliteSchema.Demand(database, _options.Path);
            return database;
        }
        catch (Exception)
        {
            database.Dispose();
            throw;
        }
    }
}
