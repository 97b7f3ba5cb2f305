using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence.Sql.Config;
using Microsoft.Extensions.Logging;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Persistence.Journal;

/// <summary>The two journals of a process and the store under them. Made before the actor system, whose plugins find it as a setup.</summary>
public sealed class Journals : Setup
{
    private readonly TimeProvider _time;

    /// <exception cref="ArgumentException">The settings contradict each other.</exception>
    /// <param name="metrics">Null: what the journals count is exported nowhere.</param>
    /// <param name="loggers">Null: nothing is logged.</param>
    public Journals(EventStore store, JournalOptions options, TimeProvider time, StoreInstruments? metrics = null, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Faults() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        }

        (Store, _time) = (store, time);
        metrics ??= new StoreInstruments();
        var log = loggers is null ? PersistenceLogging.Off : new PersistenceLogging(loggers.CreateLogger<Journals>());
        Channels = new JournalHandle("channels", EventTable.Channels, store, hasSnapshots: true, options, metrics.Channels, log, time);
        Sessions = new JournalHandle("sessions", EventTable.Sessions, store, hasSnapshots: false, options, metrics.Sessions, log, time);
        Configuration = JournalConfiguration.Of(this, options);
    }

    public EventStore Store { get; }

    public JournalHandle Channels { get; }

    public JournalHandle Sessions { get; }

    public IReadOnlyList<JournalHandle> All => [Channels, Sessions];

    /// <summary>All settings of Akka.Persistence.</summary>
    public Config Configuration { get; }

    /// <summary>What the actor system is created with beside <see cref="Configuration"/>.</summary>
    public ActorSystemSetup Setup => ActorSystemSetup.Create([.. Setups]);

    /// <summary>The parts of <see cref="Setup"/>. A <see cref="DataOptionsSetup"/> among them would win over the options of each plugin.</summary>
    internal IEnumerable<Setup> Setups
    {
        get
        {
            var options = new MultiDataOptionsSetup();
            options.AddDataOptions(Channels.PluginId, Channels.Transactions.AddTo(Store.DataOptions));
            options.AddDataOptions(Sessions.PluginId, Sessions.Transactions.AddTo(Store.DataOptions));
            options.AddDataOptions(Channels.SnapshotPluginId, Store.DataOptions);
            return [this, options];
        }
    }

    /// <summary>
    /// Recovers one actor on each journal. Before readiness: a thousand first persistent actors on a plugin that has not answered yet can
    /// block the pool's threads on its start, for good. A store that is away meanwhile is waited for.
    /// </summary>
    public Task WarmUpAsync(ActorSystem system) => Task.WhenAll(WarmUpAsync(system, Channels), WarmUpAsync(system, Sessions));

    internal static Journals Of(ActorSystem system) => system.Settings.Setup.Get<Journals>() is { HasValue: true } found
        ? found.Value
        : throw new InvalidOperationException("the actor system was created without its journals: add Journals.Setup");

    internal JournalHandle Find(string pluginId) => All.SingleOrDefault(journal => journal.PluginId == pluginId)
        ?? throw new ArgumentException($"no journal has the plugin id {pluginId}", nameof(pluginId));

    private Task<bool> WarmUpAsync(ActorSystem system, JournalHandle journal) => StorePatience.TryAsync(
        () =>
        {
            var answered = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            system.ActorOf(Props.Create(() => new JournalWarmUp(journal, answered)));
            return answered.Task;
        },
        StorePatience.IsOutOfReach,
        StorePatience.OfStart,
        _time,
        CancellationToken.None);
}
