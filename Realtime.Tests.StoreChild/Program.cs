using System.Globalization;
using Realtime.Cluster.Journal.Sqlite;
using Realtime.Messages.Ids;
using Realtime.Tests.StoreChild;

// Started by the kill tests: writes into the store it is given as fast as it can, and says on its output what was acknowledged. With a name and
// a number it does so as one of several nodes that share the file.
var acknowledgements = new Acknowledgements(Console.Out);
if (args is [var file, var name, var number])
{
    var node = new NodeId(name);
    var shared = new SqliteStore(new SqliteStoreOptions(file) { Node = node }, TimeProvider.System);
    await shared.OpenAsync();
    await new SharingNode(shared, node, acknowledgements).StartAsync(int.Parse(number, CultureInfo.InvariantCulture));
}
else
{
    var store = new SqliteStore(new SqliteStoreOptions(args[0]), TimeProvider.System);
    await store.OpenAsync();
    for (var i = 0; i < Workload.Channels; i++)
    {
        var channel = Workload.Channel(i);
        new ChannelWriter(store, channel, await store.OpenAsync(channel), acknowledgements).Start();
    }

    var session = Workload.Session;
    new SessionWriter(store, session, await store.LoadAsync(session), acknowledgements).Start();
}

// Normally it is killed; should the parent die first, this end is as good, for the store needs no farewell.
await Console.In.ReadToEndAsync();
Environment.Exit(0);
