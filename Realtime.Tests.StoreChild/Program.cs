using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Core;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Serialization;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Postgres;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.StoreChild;

// Started by the kill tests: writes into the store it is given as fast as it can, and says on its output what was acknowledged. Snapshots,
// trims and deletions come often, so that a kill meets them too.
const string Quiet = "akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }";

var output = new Output(Console.Out);
await using EventStore store = args is ["postgres", var connection]
    ? new PostgresEventStore(new PostgresEventStoreOptions(connection), TimeProvider.System, NullLogger<PostgresEventStore>.Instance)
    : new SqliteEventStore(new SqliteEventStoreOptions(args[1]));
var opened = await store.OpenAsync();
output.Started(opened.Incarnation.Value);
var journals = new Journals(store, new JournalOptions(), TimeProvider.System);
var config = ConfigurationFactory.ParseString(Quiet)
    .WithFallback(ConfigurationFactory.ParseString(SerializationConfig.Hocon))
    .WithFallback(journals.Configuration);
using var system = ActorSystem.Create("child", journals.Setup.And(BootstrapSetup.Create().WithConfig(config)));
await journals.WarmUpAsync(system);

EventLogSettings Logs(LogKind kind, JournalHandle journal) => new(kind, opened.Incarnation, new StoreTimeline(store), store.Lease)
{
    JournalPluginId = journal.PluginId,
    SnapshotPluginId = journal.SnapshotPluginId,
    Gate = journal.Gate,
    Limits = new LogLimits { SnapshotEvents = 40, IndexEvents = 8, DeleteRows = 16 },
};

var (channels, sessions) = (Logs(LogKind.Channel, journals.Channels), Logs(LogKind.Session, journals.Sessions));
for (var i = 0; i < Workload.Channels; i++)
{
    system.ActorOf(Props.Create<ChannelWriter>(Workload.Channel(i), channels, output));
}

for (var i = 0; i < Workload.Sessions; i++)
{
    system.ActorOf(Props.Create<SessionWriter>(Workload.Session(i), sessions, output));
}

// Normally it is killed; else its parent closes its input.
await Console.In.ReadToEndAsync();
await system.Terminate();
