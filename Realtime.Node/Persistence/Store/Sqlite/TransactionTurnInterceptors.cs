using System.Data.Common;
using System.Runtime.CompilerServices;
using LinqToDB;
using LinqToDB.Interceptors;

namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>
/// Takes a turn before a connection opens and holds it until the connection is closed, whichever thread its transaction runs on. The caller is
/// moved to the thread of the turns: else the journal's write stream, which should be gathering the next batch, would run the transaction
/// itself, and no two writes ever shared one.
/// </summary>
/// <param name="settings">Statements for each connection that has opened.</param>
/// <param name="closed">Called after each turn's connection has closed and before the turn ends, on any thread.</param>
internal sealed class TransactionTurnInterceptors(TransactionTurns turns, string settings, Action closed)
{
    private readonly ConditionalWeakTable<IDataContext, TransactionTurns.Turn> _taken = [];

    public DataOptions AddTo(DataOptions options) => options.UseInterceptor(new Opening(this)).UseInterceptor(new Closing(this));

    private async Task TakeAsync(IDataContext? context)
    {
        if (context is not null && !_taken.TryGetValue(context, out _))
        {
            _taken.AddOrUpdate(context, await turns.TakeAsync().ConfigureAwait(false));
        }
    }

    private Task MoveToThreadAsync(IDataContext? context) =>
        context is not null && _taken.TryGetValue(context, out var turn) ? turn.MoveToThreadAsync() : Task.CompletedTask;

    private void End(IDataContext context)
    {
        if (_taken.Remove(context, out var turn))
        {
            using (turn)
            {
                closed();
            }
        }
    }

    private void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = settings;
        command.ExecuteNonQuery();
    }

    private sealed class Opening(TransactionTurnInterceptors all) : ConnectionInterceptor
    {
        public override Task ConnectionOpeningAsync(ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken) =>
            all.TakeAsync(eventData.DataConnection);

        public override async Task ConnectionOpenedAsync(ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken)
        {
            await all.MoveToThreadAsync(eventData.DataConnection).ConfigureAwait(false);
            all.Apply(connection);
        }

        public override void ConnectionOpened(ConnectionEventData eventData, DbConnection connection) => all.Apply(connection);
    }

    /// <summary>Also of a connection that could not be opened.</summary>
    private sealed class Closing(TransactionTurnInterceptors all) : DataContextInterceptor
    {
        public override void OnClosed(DataContextEventData eventData) => all.End(eventData.Context);

        public override Task OnClosedAsync(DataContextEventData eventData)
        {
            all.End(eventData.Context);
            return Task.CompletedTask;
        }
    }
}
