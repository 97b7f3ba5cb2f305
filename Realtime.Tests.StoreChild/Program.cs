using Realtime.Cluster.Journal.Sqlite;
using Realtime.Messages.Ids;
using Realtime.Tests.StoreChild;

// Started by the kill tests: writes into the store it is given as fast as it can, and says on its output what was acknowledged.
var store = new SqliteStore(new SqliteStoreOptions(args[0]), TimeProvider.System);
await store.OpenAsync();
var acknowledgements = new Acknowledgements(Console.Out);
for (var i = 0; i < Workload.Channels; i++)
{
    var channel = Workload.Channel(i);
    new ChannelWriter(store, channel, await store.OpenAsync(channel), acknowledgements).Start();
}

var session = Workload.Session;
new SessionWriter(store, session, await store.LoadAsync(session), acknowledgements).Start();

// Normally it is killed; should the parent die first, this end is as good, for the store needs no farewell.
await Console.In.ReadToEndAsync();
Environment.Exit(0);
