using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Bench.Servers;

/// <summary>Several node processes on a PostgreSQL server of their own, fresh for the run.</summary>
internal sealed class ClusterBed : IAsyncDisposable
{
    private static readonly string[] Names = ["a", "b", "c", "d"];
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Looks in a row that must show the same before something counts as over.</summary>
    private const int Still = 4;

    private readonly BenchOptions _options;
    private readonly PostgresServer _database;
    private readonly string _store;
    private readonly List<ServerProcess> _nodes = [];

    private ClusterBed(BenchOptions options, PostgresServer database, string store)
    {
        _options = options;
        _database = database;
        _store = store;
    }

    /// <summary>In the order in which they joined: the first is the oldest, which coordinates.</summary>
    public IReadOnlyList<ServerProcess> Nodes => _nodes;

    public ServerProcess? Lighthouse { get; private set; }

    public OperatorView Operators { get; } = new();

    /// <summary>Of the nodes that run.</summary>
    public int[] Ports => [.. Running.Select(node => node.Port)];

    public IEnumerable<ServerProcess> Running => _nodes.Where(node => node.IsRunning);

    private TimeSpan ProcessorTime => Running.Aggregate(TimeSpan.Zero, (sum, node) => sum + node.ProcessorTime);

    /// <summary>Runs the work on a cluster all of whose shards are given; a failure carries what each node said last.</summary>
    public static async Task UseAsync(BenchOptions options, Figures figures, int nodes, bool lighthouse, Func<ClusterBed, Task> work)
    {
        // Commits wait for the disk, as everywhere: only the creation of its data directory does not.
        var database = await PostgresServer.StartAsync();
        await using var bed = new ClusterBed(options, database, "postgres:" + database.ConnectionString(await database.CreateDatabaseAsync()));
        figures.Under($"PostgreSQL {await database.ScalarAsync("postgres", "SHOW server_version")} on the same cores, part of everything else");
        try
        {
            if (lighthouse)
                bed.Lighthouse = await ServerProcess.StartAsync(ServerRecipes.Lighthouse(options, bed._store));
            for (var node = 0; node < nodes; node++)
                await bed.AddAsync();
            await bed.AwakenAsync();
            await work(bed);
        }
        catch (Exception fault) when (fault is BenchFailedException or TimeoutException)
        {
            throw new BenchFailedException(
                fault.Message + string.Concat(bed._nodes.Select(node => $"\n--- {node.Name} said last ---\n{node.LastLog()}")));
        }
    }

    public static string NameOf(ServerProcess node) => node.Name[(node.Name.LastIndexOf(' ') + 1)..];

    /// <summary>One more node; returns when it says that it is ready.</summary>
    public async Task<ServerProcess> AddAsync()
    {
        var node = await ServerProcess.StartAsync(ServerRecipes.Member(_options, Names[_nodes.Count], _store));
        _nodes.Add(node);
        return node;
    }

    public Func<ProcessorUse> Processors(Func<TimeSpan> loads) => ProcessorUse.Begin(() => ProcessorTime, loads);

    /// <summary>Waits until all nodes have about their share, and nothing has changed for a while.</summary>
    public async Task BalancedAsync()
    {
        var (still, last) = (0, "");
        await UntilAsync("the shards to come to rest", async () =>
        {
            var cluster = await Operators.ClusterAsync(Running.First());
            var owners = cluster.Nodes.Where(node => node.Status == "active" && node.Reachable).ToList();
            var least = owners.Sum(node => node.Shards) * 6 / 10 / Math.Max(1, owners.Count);
            var even = owners.Count == Running.Count() && cluster.Shards.Moving == 0 && owners.All(node => node.Shards >= least);
            var seen = string.Join(' ', owners.Select(node => $"{node.Name}:{node.Shards}"));
            still = even && seen == last ? still + 1 : 0;
            last = seen;
            return still >= Still;
        });
    }

    public async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        var began = LoadClock.Now;
        while (!await holds())
        {
            if (LoadClock.Now - began > Patience.TotalSeconds * LoadClock.Second)
                throw new BenchFailedException($"Waited {Patience.TotalMinutes:F0} minutes in vain for {what}.");
            await Task.Delay(Look, TimeProvider.System);
        }
    }

    /// <summary>Channels of this durability that the node holds, over all its shards.</summary>
    public async Task<string[]> ChannelsOnAsync(ServerProcess node, string durability, int count)
    {
        var owners = new string?[EntityShards.Count];
        var asked = new HashSet<int>();
        var names = new List<string>();
        for (var number = 0; names.Count < count; number++)
        {
            var channel = ServerRecipes.Channel(durability, number);
            var shard = EntityShards.Number(channel);
            if (asked.Add(shard))
                owners[shard] = (await Operators.LocateAsync(node, channel)).Owner;
            if (owners[shard] == NameOf(node))
                names.Add(channel);
            else if (asked.Count == EntityShards.Count && !owners.Contains(NameOf(node)))
                throw new BenchFailedException($"{node.Name} holds no channels");
        }

        return [.. names];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        if (Lighthouse is not null)
            await Lighthouse.DisposeAsync();
        await _database.DisposeAsync();
        Operators.Dispose();
    }

    /// <summary>Shards are given when they are needed first: sessions and channels of nearly all come and go once.</summary>
    private async Task AwakenAsync()
    {
        const int Sessions = 1_500;
        var channels = Enumerable.Range(0, Sessions).Select(number => ServerRecipes.Channel("memory", number)).ToArray();
        await using (var fleet = await LoadFleet.StartAsync(_options, Sessions, Ports))
        {
            await fleet.ConnectAsync(Role.Subscriber, Sessions, channels);
            await fleet.DisconnectAsync(bye: true);
        }

        await BalancedAsync();
    }
}
