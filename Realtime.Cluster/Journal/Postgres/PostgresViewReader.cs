using Npgsql;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>Reads the cluster's view from a PostgreSQL database.</summary>
public sealed class PostgresViewReader : IViewReader
{
    private readonly PostgresConnections _connections;
    private readonly PostgresMembers _members;

    public PostgresViewReader(PostgresStoreOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _connections = new PostgresConnections(options);
        _members = new PostgresMembers(
            new PostgresQueries(_connections.Control, Description, time, options.ReconnectPause), Description);
    }

    public string Description => _connections.Description;

    public async ValueTask<StoreIdentity> OpenAsync(CancellationToken cancellation = default)
    {
        try
        {
            await using var connection = await _connections.Opening.OpenConnectionAsync(cancellation);
            await PostgresSchema.DemandAsync(connection, Description, cancellation);
            return await PostgresIdentity.LoadAsync(connection, cancellation);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StoreFaultException(
                StoreFault.CannotOpen, $"The store {Description} cannot be read: {e.MessageText}. The role needs the rights of the nodes' role, or SELECT in schema rt.", e);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && PostgresFault.IsOfStore(e))
        {
            throw PostgresFault.Unavailable(Description, e);
        }
    }

    public ValueTask<ViewDelta> ViewAsync(long since, CancellationToken cancellation = default) => _members.ViewAsync(since, cancellation);

    public ValueTask DisposeAsync() => _connections.DisposeAsync();
}
