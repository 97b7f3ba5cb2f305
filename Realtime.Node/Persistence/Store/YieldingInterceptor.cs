using System.Data.Common;
using LinqToDB.Interceptors;

namespace Realtime.Node.Persistence.Store;

/// <summary>
/// Leaves the caller's thread before a connection opens. SQLite's driver is synchronous: without this the journal's write stream, which
/// should be gathering the next batch, runs the transaction itself and no two writes ever share one.
/// </summary>
/// <param name="settings">Statements for each connection that has opened; null for none.</param>
internal sealed class YieldingInterceptor(string? settings) : ConnectionInterceptor
{
    public override async Task ConnectionOpeningAsync(ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken) =>
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    public override Task ConnectionOpenedAsync(ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    public override void ConnectionOpened(ConnectionEventData eventData, DbConnection connection) => Apply(connection);

    private void Apply(DbConnection connection)
    {
        if (settings is not null)
        {
            using var command = connection.CreateCommand();
            command.CommandText = settings;
            command.ExecuteNonQuery();
        }
    }
}
