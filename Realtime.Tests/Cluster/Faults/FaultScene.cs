using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Cluster.Stage;

namespace Realtime.Tests.Cluster.Faults;

/// <summary>Where faults are done: who is being harmed just now, what was done and when, and for what a node may be declared dead.</summary>
internal sealed class FaultScene(ClusterStage stage, RunHistory history, int seed)
{
    /// <summary>After the end of what was done to a node: until its verdict is there, and it has read it.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(15);

    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();
    private readonly List<string> _log = [];
    private readonly HashSet<StageNode> _busy = [];
    private readonly long _start = TimeProvider.System.GetTimestamp();

    public ClusterStage Stage => stage;

    public RunHistory History => history;

    /// <summary>One at a time is done to the database, and to all ways of clients.</summary>
    public SemaphoreSlim Database { get; } = new(1);

    public SemaphoreSlim Clients { get; } = new(1);

    public TimeSpan Passed => TimeProvider.System.GetElapsedTime(_start);

    public DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>What was done, and when.</summary>
    public string Log
    {
        get
        {
            lock (_gate)
            {
                return $"seed {seed}\n" + string.Join('\n', _log);
            }
        }
    }

    public int Roll(int sides)
    {
        lock (_gate)
        {
            return _random.Next(sides);
        }
    }

    public TimeSpan Between(TimeSpan least, TimeSpan most)
    {
        lock (_gate)
        {
            return least + ((most - least) * _random.NextDouble());
        }
    }

    /// <summary>So many that run and that nothing is being done to, and at least so many others are left alone; null: there are not enough.</summary>
    /// <param name="first">Takes this one among them.</param>
    public IReadOnlyList<StageNode>? Take(int count, int spare, StageNode? first = null) => TakeOf(stage.Nodes, count, spare, first);

    /// <summary>So many lighthouses that run and that nothing is being done to, be it all of them; null: there are not enough.</summary>
    public IReadOnlyList<StageNode>? TakeLighthouses(int count) => TakeOf(stage.Lighthouses, count, 0, null);

    private IReadOnlyList<StageNode>? TakeOf(IReadOnlyList<StageNode> members, int count, int spare, StageNode? first)
    {
        lock (_gate)
        {
            var free = members.Where(node => !_busy.Contains(node) && node.Condition == NodeCondition.Up).ToList();
            if (free.Count < count + spare || (first is not null && !free.Contains(first)))
            {
                return null;
            }

            var order = free.OrderBy(node => node == first ? -1 : _random.Next()).Take(count).ToArray();
            _busy.UnionWith(order);
            return order;
        }
    }

    /// <summary>One of several; the only one of one.</summary>
    public StageNode? TakeOne(StageNode? first = null) => Take(1, stage.Nodes.Count > 1 ? 1 : 0, first)?[0];

    public void Release(params IEnumerable<StageNode> nodes)
    {
        lock (_gate)
        {
            _busy.ExceptWith(nodes);
        }
    }

    /// <summary>From then until a little later than now these may be declared dead.</summary>
    public void Harm(FaultKind kind, DateTimeOffset from, params IEnumerable<StageNode> nodes)
    {
        foreach (var node in nodes)
        {
            history.Harmed(new Harm(node.Name, kind.ToString(), from, Now + Aftermath));
        }
    }

    /// <summary>Whether a node has ended since then as one that was declared dead, for something that was done to it before.</summary>
    public bool WasGivenUpBefore(StageNode node, DateTimeOffset since) => node.Exits.Any(exit => exit.At >= since
        && history.Harms.Any(harm => harm.Node == node.Name && harm.From < since && exit.At <= harm.To));

    /// <summary>How often it could be seen to have an effect; 0: it has not been done.</summary>
    public void Count(FaultKind kind, long effect)
    {
        if (effect > 0)
        {
            history.TookEffect(kind.ToString());
        }
        else
        {
            Say(kind, "had no effect");
        }
    }

    public void Say(FaultKind kind, string what)
    {
        lock (_gate)
        {
            _log.Add($"{Now:ss.fff} {Passed.TotalSeconds,6:0.0} s  {kind}: {what}");
        }
    }

    public static Task WaitAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
