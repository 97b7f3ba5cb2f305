using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Util;
using Realtime.Messages.Positions;
using Realtime.Node.Outboxes.Core;
using Realtime.Node.Outboxes.Logs;
using Realtime.Node.Events;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Outboxes;

/// <summary>
/// Brings the events of one outbox to one target, from its place on: pages are read, folded and delivered, and places written. What goes wrong with the logs begins it anew from the place that was written last.
/// </summary>
internal sealed class DeliveryRun(DeliverySetup setup, OutboxPartition partition, DeliveryTarget target, bool asks)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    private readonly long _started = setup.Time.GetTimestamp();
    private readonly DeadLetterLog _dead = new(setup.Channels, target.Name);
    private readonly DeliveryStatus _status = setup.Metrics.Of(target.Name, partition.Number);
    private Action? _askAnew;

    public DeliveryPolicy Policy => target.Policy;

    /// <summary>Milliseconds, for what is due.</summary>
    public long Now => (long)setup.Time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>Ends after <paramref name="stopping"/>, when the last place is written. Never throws.</summary>
    public async Task RunAsync(IMaterializer materializer, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await OnceAsync(materializer, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                setup.Log.Interrupted(fault is PlaceTakenException ? null : fault, target.Name, partition.Number, fault is PlaceTakenException ? "another worker has taken it over" : "it failed");
                await Task.Delay(Again, setup.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        _status.Stop();
    }

    public async Task<EventOutcome> DeliverAsync(ApplicationEvent happened, CancellationToken giveUp)
    {
        try
        {
            var outcome = await target.Target.DeliverAsync(happened, giveUp).ConfigureAwait(false);
            setup.Metrics.Tried(target.Name, outcome is EventOutcome.Delivered ? "delivered" : outcome is EventOutcome.Held ? "held" : "failed");
            return outcome;
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            return new EventOutcome.Held("the worker stops", TimeSpan.Zero);
        }
        catch (Exception fault)
        {
            setup.Metrics.Tried(target.Name, "failed");
            return new EventOutcome.Failed(fault.GetType().Name);
        }
    }

    /// <returns>False: it could not be written now.</returns>
    public async Task<bool> BuryAsync(DeliveryEffect.Bury bury, CancellationToken giveUp)
    {
        try
        {
            await _dead.BuryAsync(bury.Event, bury.Why, bury.Tries, giveUp).ConfigureAwait(false);
            setup.Metrics.Died(target.Name);
            setup.Log.Died(target.Name, bury.Event.Id, bury.Event.Kind, bury.Tries, bury.Why);
            return true;
        }
        catch (Exception fault)
        {
            if (!giveUp.IsCancellationRequested)
            {
                setup.Log.NotBuried(fault, target.Name, bury.Event.Id);
            }

            return false;
        }
    }

    public void Look(DeliveryMachine machine) => _status.Set(machine.Pending, machine.Oldest);

    public void Missed() => setup.Log.Missed(target.Name, partition.Number);

    /// <summary>A node is gone: what it owned may not have reported its end.</summary>
    public void AskAnew() => Volatile.Read(ref _askAnew)?.Invoke();

    /// <param name="ask">Of the stage that runs now.</param>
    public void AskBy(Action ask) => Volatile.Write(ref _askAnew, ask);

    private async Task OnceAsync(IMaterializer materializer, CancellationToken stopping)
    {
        var places = new PlaceLog(setup.Channels, partition, target.Name, setup.Time);
        var (checkpoint, place) = await places.TakeAsync(target.Policy.Before, stopping).ConfigureAwait(false);
        var machine = new DeliveryMachine(target.Policy, partition, target.Target.Wants, checkpoint, place);
        var reader = new OutboxReader(setup.Channels, partition, target.Policy, setup.Time);

        // Not of the stop itself: a read that is cancelled fails the stream, and its last place would not be written.
        using var asking = new CancellationTokenSource();
        var start = machine.Read;
        var (stop, done) = Source.UnfoldAsync<StreamPosition, OutboxPage>(start, async at =>
            {
                var page = await reader.NextAsync(at, asking.Token).ConfigureAwait(false);
                return Option<(StreamPosition, OutboxPage)>.Create((page.Through, page));
            })
            .ViaMaterialized(KillSwitches.Single<OutboxPage>(), Keep.Right)
            .Via(new DeliveryStage(this, machine, stand => Ask(stand, asking.Token)))
            .SelectAsync(1, mark => WriteAsync(places, mark, stopping))
            .ToMaterialized(Sink.Ignore<NotUsed>(), Keep.Both)
            .Run(materializer);
        await using (stopping.Register(stop.Shutdown).ConfigureAwait(false))
        {
            try
            {
                await done.ConfigureAwait(false);
            }
            finally
            {
                await asking.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<NotUsed> WriteAsync(PlaceLog places, PlaceMark mark, CancellationToken stopping)
    {
        // The last place is written although the worker is to stop; its own bound ends that.
        using var patience = new CancellationTokenSource(setup.WritePatience, setup.Time);
        await places.WriteAsync(mark, stopping.IsCancellationRequested ? patience.Token : CancellationToken.None).ConfigureAwait(false);
        await Task.Delay(target.Policy.PlaceEvery, setup.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return NotUsed.Instance;
    }

    private void Ask(IReadOnlyList<EventReport> stand, CancellationToken cancellation)
    {
        if (asks)
        {
            _ = AskAsync(stand, cancellation);
        }
    }

    private async Task AskAsync(IReadOnlyList<EventReport> stand, CancellationToken cancellation)
    {
        try
        {
            await setup.Requests.AskAsync(stand, cancellation).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            if (!cancellation.IsCancellationRequested)
            {
                setup.Log.NotAsked(fault, partition.Number);
            }
        }
    }
}
