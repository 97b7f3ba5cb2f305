using System.Data.Common;
using System.Runtime.CompilerServices;
using LinqToDB;
using LinqToDB.Interceptors;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Persistence.Journal;

/// <summary>
/// Times the transactions of one journal: the plugin opens a connection for each batch of writes and closes it behind the commit. Reads and
/// trims have connections of their own.
/// </summary>
internal sealed class TransactionTimer(JournalInstruments metrics, TimeProvider time)
{
    private readonly ConditionalWeakTable<IDataContext, StrongBox<long>> _started = [];

    public DataOptions AddTo(DataOptions options) => options.UseInterceptor(new Opening(this)).UseInterceptor(new Closing(this));

    private void Start(ConnectionEventData opening)
    {
        if (opening.DataConnection is { } context)
        {
            _started.AddOrUpdate(context, new StrongBox<long>(time.GetTimestamp()));
        }
    }

    private void End(DataContextEventData closed)
    {
        if (_started.Remove(closed.Context, out var started))
        {
            metrics.TransactionEnded(time.GetElapsedTime(started.Value));
        }
    }

    private sealed class Opening(TransactionTimer timer) : ConnectionInterceptor
    {
        public override void ConnectionOpening(ConnectionEventData eventData, DbConnection connection) => timer.Start(eventData);

        public override Task ConnectionOpeningAsync(ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken)
        {
            timer.Start(eventData);
            return Task.CompletedTask;
        }
    }

    private sealed class Closing(TransactionTimer timer) : DataContextInterceptor
    {
        public override void OnClosed(DataContextEventData eventData) => timer.End(eventData);

        public override Task OnClosedAsync(DataContextEventData eventData)
        {
            timer.End(eventData);
            return Task.CompletedTask;
        }
    }
}
