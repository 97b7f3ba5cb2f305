using Microsoft.Extensions.Hosting;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Journal;

namespace Realtime.Node.Operations.Records;

/// <summary>
/// Keeps the events of this node's life: when it began to serve and to stop, and when the store was in trouble. Looks once a second: a journal tells nobody that it is well again, and
/// an outage that is over sooner is in the log.
/// </summary>
internal sealed class NodeWatch(NodeId self, NodeReadiness readiness, Journals journals, EventRing events, TimeProvider time) : IHostedService, IDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Dictionary<JournalHandle, string?> _troubles = journals.All.ToDictionary(journal => journal, _ => (string?)null);
    private readonly Lock _lock = new();
    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        readiness.Moved += OnMoved;
        _timer = time.CreateTimer(static watch => ((NodeWatch)watch!).Look(), this, Every, Every);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        readiness.Moved -= OnMoved;
        _timer?.Dispose();
    }

    private void OnMoved(NodePhase phase)
    {
        switch (phase)
        {
            case NodePhase.Serving:
                events.Add("started", self, $"{self} started, and serves clients.");
                break;
            case NodePhase.Draining:
                events.Add("stopping", self, $"{self} says goodbye to its clients and stops.");
                break;
            default:
                break;
        }
    }

    private void Look()
    {
        // A look that takes longer than a second would meet the next one.
        lock (_lock)
        {
            foreach (var journal in journals.All)
            {
                var trouble = StoreTroubles.Of(journal);
                if (trouble is not null && _troubles[journal] is null)
                {
                    events.Add("store-trouble", self, trouble);
                }
                else if (trouble is null && _troubles[journal] is not null)
                {
                    events.Add("store-well", self, $"The store is well again ({journal.Name}).");
                }

                _troubles[journal] = trouble;
            }
        }
    }
}
