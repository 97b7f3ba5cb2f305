using Akka.Actor;
using Akka.TestKit.Xunit;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Core;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Serialization;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>A log of a channel with its parent on a journal that does what the test says; all its news comes to the test.</summary>
public abstract class EventLogStage : TestKit
{
    private static readonly string Hocon = $$"""
        {{TestHocon.Silent}}
        {{SerializationConfig.Hocon}}
        akka.test.single-expect-default = 30s
        akka.persistence.journal.plugin = "stage"
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        stage {
          class = "{{typeof(StageJournal).FullName}}, {{typeof(StageJournal).Assembly.GetName().Name}}"
          plugin-dispatcher = "akka.actor.default-dispatcher"
          replay-filter.mode = off
          recovery-event-timeout = 30s
          circuit-breaker { max-failures = 1000, call-timeout = 30s, reset-timeout = 1s }
        }
        """;

    private readonly Identity _identity = new();

    protected EventLogStage()
        : base(Hocon) => Store = StageStore.Of(Sys);

    private protected StageStore Store { get; }

    private protected new CollectedLog Log { get; } = new();

    private protected Lease LeaseOfNode { get; } = new();

    protected WriteGate Gate { get; } = new(mostBytes: 1_000, mostWrites: 2);

    protected IActorRef Parent { get; private set; } = ActorRefs.Nobody;

    /// <summary>The offset that was appended last.</summary>
    protected long Offset { get; set; }

    private EventLogSettings Settings() => new(LogKind.Channel, new Incarnation(1), _identity, LeaseOfNode)
    {
        Limits = new LogLimits { EventMessages = 3, SnapshotEvents = 5, IndexEvents = 4, DeleteRows = 2 },
        Gate = Gate,
        Log = new PersistenceLogging(Log.CreateLogger("logs")),
        Backoff = new LogBackoff(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(10)),
    };

    protected void StartParent() => Parent = Sys.ActorOf(Props.Create(() => new LogParent(TestActor, "c-log", Settings())));

    protected async Task<LogNews.Recovered> StartAsync()
    {
        StartParent();
        return await NewsAsync<LogNews.Recovered>();
    }

    protected async Task<(LogNews.Recovered Recovered, IReadOnlyList<LoggedEvent> Replayed)> RestartedAsync()
    {
        Watch(Parent);
        await FirstAsync<Terminated>();
        StartParent();
        var replayed = new List<LoggedEvent>();
        while (true)
        {
            switch (await NextAsync("a recovery"))
            {
                case LogNews.Replayed page:
                    replayed.AddRange(page.Events);
                    break;
                case LogNews.Recovered recovered:
                    return (recovered, replayed);
            }
        }
    }

    protected void Tell(Action<EventLogChild> command) => Parent.Tell(new LogParent.Command(command));

    protected void Append(long? tail = null)
    {
        var message = Message(++Offset);
        Tell(log => log.Append(new JournalEvent.ChannelAppended([new LoggedMessage(message)], tail)));
    }

    protected static LogMessage Message(long offset) => new(offset, new Payload(new byte[] { 1 }), 1_000 + offset);

    protected async Task<LoggedEvent> AppendedAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Append();
            await NewsAsync<LogNews.Committed>();
        }

        return Store.Events[^1];
    }

    protected async Task<LogNews.PageRead> PageAsync(long from, int messages, long bytes = 100_000)
    {
        Tell(log => log.Read(new LogRequest.Read(from, from, messages, bytes)));
        var page = await NewsAsync<LogNews.PageRead>();
        page.Tag.ShouldBe(from);
        return page;
    }

    protected static IEnumerable<long> Offsets(IEnumerable<LoggedEvent> events) =>
        events.Select(logged => logged.Body).OfType<JournalEvent.ChannelAppended>().SelectMany(body => body.Messages).Select(message => message.Message.Offset);

    protected Task<T> NewsAsync<T>()
        where T : LogNews => FirstAsync<T>();

    /// <summary>The next message of a type; what comes before it must not be of another.</summary>
    protected async Task<T> FirstAsync<T>(Type? except = null)
    {
        while (true)
        {
            var message = await NextAsync(typeof(T).Name);
            message.GetType().ShouldNotBe(except);
            if (message is T wanted)
            {
                return wanted;
            }
        }
    }

    private async Task<object> NextAsync(string what) =>
        await ReceiveOneAsync(TimeSpan.FromSeconds(30)) ?? throw new TimeoutException($"Waited 30 s in vain for {what}.");

    /// <summary>Everything the parent had to do is done: the command it gets now is the last.</summary>
    protected async Task QuietAsync()
    {
        var done = new TaskCompletionSource();
        Tell(_ => done.SetResult());
        await done.Task.Within("the parent's answer");
    }

    private protected sealed class Lease : IWriterLease
    {
        private volatile bool _isHeld = true;

        public bool IsHeld
        {
            get => _isHeld;
            set => _isHeld = value;
        }

        public bool IsLost { get; set; }
    }

    private sealed class Identity : IStoreIdentity
    {
        public ulong Current => 1;
    }
}
