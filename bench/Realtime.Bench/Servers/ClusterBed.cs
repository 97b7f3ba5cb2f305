using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Store;

namespace Realtime.Bench.Servers;

/// <summary>Several node processes on one database, fresh for the run.</summary>
internal sealed class ClusterBed : IAsyncDisposable
{
    private static readonly string[] Names = ["a", "b", "c", "d"];
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Looks in a row that must show the same before something counts as over.</summary>
    private const int Still = 4;

    private readonly BenchOptions _options;
    private readonly ClusterDatabase _database;
    private readonly List<ServerProcess> _nodes = [];

    private ClusterBed(BenchOptions options, ClusterDatabase database)
    {
        _options = options;
        _database = database;
    }

    public IReadOnlyList<ServerProcess> Nodes => _nodes;

    /// <summary>Of the nodes that run.</summary>
    public int[] Ports => [.. _nodes.Where(node => node.IsRunning).Select(node => node.Port)];

    public TimeSpan EvictionTime => TimeSpan.FromSeconds(_options.Heartbeat * 5);

    private TimeSpan ProcessorTime => _nodes.Where(node => node.IsRunning).Aggregate(TimeSpan.Zero, (sum, node) => sum + node.ProcessorTime);

    /// <summary>Runs the work on a cluster whose shards have come to rest; a failure carries what each node said last.</summary>
    public static async Task UseAsync(BenchOptions options, Figures figures, int nodes, Func<ClusterBed, Task> work)
    {
        await using var bed = new ClusterBed(options, await ClusterDatabase.StartAsync(options.Store));
        figures.Under(FormattableString.Invariant(
            $"{nodes} node{(nodes == 1 ? "" : "s")}, {bed._database.Description}; heartbeat {options.Heartbeat} s, {options.Shards:N0} shards, drain window {options.DrainWindow} s"));
        try
        {
            for (var node = 0; node < nodes; node++)
                await bed.AddAsync();
            await bed.BalancedAsync();
            await work(bed);
        }
        catch (Exception fault) when (fault is BenchFailedException or TimeoutException or StoreUnavailableException)
        {
            throw new BenchFailedException(fault.Message + string.Concat(bed._nodes.Select(node => $"\n--- {node.Name} said last ---\n{node.LastLog()}")));
        }
    }

    /// <summary>One more node; returns when it says that it is ready.</summary>
    public async Task<ServerProcess> AddAsync()
    {
        var node = await ServerProcess.StartAsync(ServerRecipes.Member(_options, Names[_nodes.Count], _database.Address));
        _nodes.Add(node);
        return node;
    }

    public Func<ProcessorUse> Processors(Func<TimeSpan> loads) => ProcessorUse.Begin(() => ProcessorTime, loads);

    /// <summary>Waits until every shard has an owner, all nodes have about their share, and nothing has changed for a while.</summary>
    public async Task<ViewDelta> BalancedAsync()
    {
        var running = _nodes.Count(node => node.IsRunning);
        var (still, last) = (0, -1L);
        ViewDelta? view = null;
        await UntilAsync("the shards to come to rest", async () =>
        {
            view = await _database.ViewAsync();
            var active = view.Nodes.Where(node => node.Status == NodeStatus.Active).Select(node => node.Incarnation).ToArray();
            var least = view.ShardCount * 6 / 10 / running;
            var even = active.Length == running && view.Shards.Count == view.ShardCount &&
                active.All(node => view.Shards.Count(shard => shard.Owner == node) >= least) && view.Shards.All(shard => active.Contains(shard.Owner));
            still = even && view.Version == last ? still + 1 : 0;
            last = view.Version;
            return still >= Still;
        });
        return view!;
    }

    /// <summary>Waits until no node means to move a connection any more.</summary>
    public async Task ConnectionsSettledAsync()
    {
        var still = 0;
        await UntilAsync("the connections to be where they belong", async () =>
        {
            var moving = 0;
            foreach (var node in _nodes.Where(node => node.IsRunning))
            {
                using var moves = await node.AskAsync("/health/moves");
                moving += moves.RootElement.GetProperty("pending").GetInt32() + moves.RootElement.GetProperty("underWay").GetInt32();
            }

            still = moving == 0 ? still + 1 : 0;
            return still >= Still;
        });
    }

    /// <summary>A channel of this durability that the node owns.</summary>
    public static string ChannelOf(ViewDelta view, ServerProcess node, string durability)
    {
        var owner = view.Nodes.Single(row => "node " + row.Profile.Name == node.Name).Incarnation;
        var owned = view.Shards.Where(shard => shard.Owner == owner).Select(shard => shard.Shard).ToHashSet();
        return Enumerable.Range(0, 100_000).Select(number => ServerRecipes.Channel(durability, number))
            .First(name => owned.Contains(ShardHash.Of(EntityAddress.Of(ChannelName.Parse(name)), view.ShardCount)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        var began = LoadClock.Now;
        while (!await holds())
        {
            if (LoadClock.Now - began > Patience.TotalSeconds * LoadClock.Second)
                throw new BenchFailedException($"Waited {Patience.TotalMinutes:F0} minutes in vain for {what}.");
            await Task.Delay(Look, TimeProvider.System);
        }
    }
}
