using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Serialization;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>A store with an actor system over it, and a way past both: what the rows say, and writers that stand still.</summary>
internal abstract class EventStoreCase : IAsyncDisposable
{
    private const string Serialization =
        TestHocon.Silent + """
        akka.actor {
          serializers.test = "Realtime.Tests.Persistence.TestEventSerializer, Realtime.Tests"
          serialization-bindings { "Realtime.Tests.Persistence.TestEvent, Realtime.Tests" = test }
        }
        """;

    private EventStore? _store;
    private Journals? _journals;
    private ActorSystem? _system;

    public EventStore Store => _store ?? throw new InvalidOperationException("not started");

    public Journals Journals => _journals ?? throw new InvalidOperationException("not started");

    public ActorSystem System => _system ?? throw new InvalidOperationException("not started");

    public JournalHandle Channels => Journals.Channels;

    public CollectedLog Log { get; } = new();

    public StoreInstruments Metrics { get; set; } = new();

    /// <summary>Warm.</summary>
    public async Task StartAsync(Func<JournalOptions, JournalOptions>? configure = null)
    {
        await PrepareAsync();
        _store ??= Create();
        await _store.OpenAsync(TestContext.Current.CancellationToken);
        await StartSystemAsync(configure);
    }

    /// <summary>Another process, as far as the journal can tell: nothing is left but the store.</summary>
    public async Task RestartAsync(Func<JournalOptions, JournalOptions>? configure = null)
    {
        await System.Terminate().Within("the actor system to end");
        await StartSystemAsync(configure);
    }

    /// <summary>A persistent actor that may not have recovered yet.</summary>
    public (IActorRef Log, Task<LogActor.Recovered> Recovered) Start(string persistenceId, JournalHandle? journal = null)
    {
        var recovered = new TaskCompletionSource<LogActor.Recovered>(TaskCreationOptions.RunContinuationsAsynchronously);
        return (System.ActorOf(Props.Create(() => new LogActor(journal ?? Channels, persistenceId, recovered))), recovered.Task);
    }

    public async Task<IActorRef> LogAsync(string persistenceId, JournalHandle? journal = null)
    {
        var (log, recovered) = Start(persistenceId, journal);
        await recovered.Within($"the recovery of {persistenceId}");
        return log;
    }

    public Task<LogActor.Recovered> RecoverAsync(string persistenceId, JournalHandle? journal = null) =>
        Start(persistenceId, journal).Recovered.Within($"the recovery of {persistenceId}");

    public static Task<object> AppendAsync(IActorRef log, string text, bool throughGate = false) =>
        log.Ask<object>(new LogActor.Append(text, throughGate)).Within($"the answer to the append of {(text.Length > 20 ? text[..20] : text)}");

    public async ValueTask DisposeAsync()
    {
        if (_system is not null)
        {
            await _system.Terminate().Within("the actor system to end");
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        await CleanAsync();
    }

    /// <summary>Lets no transaction write until it is disposed; reads go on.</summary>
    public abstract Task<IAsyncDisposable> HoldWritesAsync();

    public abstract Task<object?> ScalarAsync(string sql);

    /// <summary>As SQL writes it.</summary>
    public abstract string Table(EventTable table);

    /// <summary>A row that another process has written.</summary>
    public Task InsertAsync(string persistenceId, long number, long created = 1, bool isDeleted = false) => ScalarAsync(
        $"INSERT INTO {Table(EventTable.Channels)} (created, deleted, persistence_id, sequence_number, message, manifest, identifier) "
        + $"VALUES ({created}, {(isDeleted ? $"NOT {False}" : False)}, '{persistenceId}', {number}, {Bytes("66")}, 't', {TestEventSerializer.Number})");

    public async Task<long> CountAsync(string where = "1 = 1") =>
        (long)(await ScalarAsync($"SELECT count(*) FROM {Table(EventTable.Channels)} WHERE {where}"))!;

    public abstract string False { get; }

    public abstract string Bytes(string hex);

    protected abstract EventStore Create();

    public virtual Task PrepareAsync() => Task.CompletedTask;

    protected virtual Task CleanAsync() => Task.CompletedTask;

    private async Task StartSystemAsync(Func<JournalOptions, JournalOptions>? configure)
    {
        _journals = new Journals(Store, (configure ?? (options => options))(new JournalOptions()), TimeProvider.System, Metrics, Log);
        var config = ConfigurationFactory.ParseString(Serialization)
            .WithFallback(ConfigurationFactory.ParseString(SerializationConfig.Hocon))
            .WithFallback(_journals.Configuration);
        _system = ActorSystem.Create("test", _journals.Setup.And(BootstrapSetup.Create().WithConfig(config)));
        await _journals.WarmUpAsync(_system).Within("the journals to answer");
    }
}
