using System.Data.Common;
using LinqToDB.Interceptors;

namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>
/// Moves the caller to the writer's thread before its connection opens. The driver is synchronous, so the whole transaction runs there, unless
/// the turn comes before the caller has awaited it; without this the journal's write stream, which should be gathering the next batch, runs it itself and no two writes ever share one.
/// </summary>
/// <param name="settings">Statements for each connection that has opened.</param>
internal sealed class WriterThreadInterceptor(WriterThread writer, string settings) : ConnectionInterceptor
{
    public override Task ConnectionOpeningAsync(
        ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken) => writer.TurnAsync();

    public override async Task ConnectionOpenedAsync(
        ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken)
    {
        // A turn that came before its caller had awaited it has left the caller where it was.
        if (!writer.IsCurrent)
        {
            await writer.TurnAsync().ConfigureAwait(false);
        }

        Apply(connection);
    }

    public override void ConnectionOpened(ConnectionEventData eventData, DbConnection connection) => Apply(connection);

    private void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = settings;
        command.ExecuteNonQuery();
    }
}
