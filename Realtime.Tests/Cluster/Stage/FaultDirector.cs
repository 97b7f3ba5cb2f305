using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Stage;

/// <summary>
/// Does harm by a seed: every kind in turn, in an order of its own for each seed, one or two at a time, seconds apart.
/// </summary>
internal sealed class FaultDirector(ClusterStage stage, RunHistory history, int seed, IReadOnlyList<FaultKind> kinds)
{
    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();
    private readonly List<string> _log = [];
    private readonly HashSet<StageNode> _busy = [];
    private readonly SemaphoreSlim _database = new(1);
    private readonly long _start = TimeProvider.System.GetTimestamp();

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

    /// <summary>
    /// Until the time is over and every kind took effect, for at most three times as long (on a busy machine everything takes longer); then ends when
    /// everything begun is undone.
    /// </summary>
    public async Task RunAsync(TimeSpan time)
    {
        foreach (var kind in kinds)
        {
            history.Plan(kind.ToString());
        }

        var open = new List<Task>();
        var next = new Queue<FaultKind>();
        while (TimeProvider.System.GetElapsedTime(_start) is var passed && (passed < time || (passed < time * 3 && Missing.Any())))
        {
            if (next.Count == 0 && kinds.Count > 0)
            {
                next = new Queue<FaultKind>((passed < time ? kinds : Missing).OrderBy(_ => _random.Next()));
            }

            open.RemoveAll(fault => fault.IsCompletedSuccessfully);
            if (open.Count < 2 && next.Count > 0)
            {
                open.Add(DoAsync(next.Dequeue()));
            }

            var pause = time / Math.Max(kinds.Count, 1) * 0.9 is var even && even < TimeSpan.FromSeconds(4) ? even : TimeSpan.FromSeconds(2 + (4 * _random.NextDouble()));
            await Task.Delay(pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(open);
    }

    private IEnumerable<FaultKind> Missing => kinds.Where(kind => history.Faults[kind.ToString()] == 0);

    private TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * _random.NextDouble());

    /// <summary>One that nothing is being done to and that runs; null when there is none to spare: of several one is left alone.</summary>
    private StageNode? Take()
    {
        lock (_gate)
        {
            var free = stage.Nodes.Where(node => !_busy.Contains(node) && node.Condition == NodeCondition.Up).ToArray();
            if (free.Length < Math.Min(2, stage.Nodes.Count))
            {
                return null;
            }

            var node = free[_random.Next(free.Length)];
            _busy.Add(node);
            return node;
        }
    }

    private async Task DoAsync(FaultKind kind)
    {
        switch (kind)
        {
            case FaultKind.Kill:
                var late = _random.Next(2) == 0;
                await ToNodeAsync(kind, late ? stage.Options.LongPause : TimeSpan.Zero, node => node.KillAsync(), node => node.StartAsync());
                break;
            case FaultKind.ShortPause:
                await ToNodeAsync(kind, stage.Options.ShortPause * (0.5 + _random.NextDouble()), node => node.PauseAsync(), node => node.ResumeAsync());
                break;
            case FaultKind.LongPause:
                await ToNodeAsync(kind, stage.Options.LongPause * (1 + (0.3 * _random.NextDouble())), node => node.PauseAsync(), node => node.ResumeAsync());
                break;
            case FaultKind.Restart:
                await ToNodeAsync(kind, TimeSpan.Zero, node => node.TerminateAsync(), node => node.StartAsync());
                break;
            case FaultKind.Backends:
                await _database.WaitAsync();
                var killed = await ((PostgresStageStore)stage.Store).KillBackendsAsync(stage.Nodes.Select(node => node.Name));
                _database.Release();
                Say(kind, $"{killed} connections");
                Count(kind, killed);
                break;
            case FaultKind.Database:
                await DatabaseAsync();
                break;
            case FaultKind.StoreCut:
                await ToWayAsync(kind, node => node.Store!, stage.Options.StoreOutage, proxy => proxy.Cut(), proxy => proxy.Resets);
                break;
            case FaultKind.StoreHeld:
                await ToWayAsync(kind, node => node.Store!, stage.Options.StoreOutage, proxy => proxy.FromTarget.Hold(), proxy => proxy.FromTarget.Touched);
                break;
            case FaultKind.StoreLate:
                await ToWayAsync(kind, node => node.Store!, TimeSpan.FromSeconds(3), Late, proxy => proxy.ToTarget.Touched);
                break;
            case FaultKind.ClientsReset:
                await ToClientsAsync(kind, TimeSpan.Zero, proxy => proxy.ResetAll(), proxy => proxy.Resets);
                break;
            case FaultKind.ClientsHeld:
                await ToClientsAsync(kind, TimeSpan.FromSeconds(5), proxy => proxy.FromTarget.Hold(), proxy => proxy.FromTarget.Touched);
                break;
            case FaultKind.ClientsSlow:
                await ToClientsAsync(kind, TimeSpan.FromSeconds(3), proxy => proxy.FromTarget.Throttle(20_000), proxy => proxy.FromTarget.Touched);
                break;
            default:
                throw new InvalidOperationException($"no such fault: {kind}");
        }
    }

    private static void Late(TcpProxy proxy)
    {
        proxy.ToTarget.Delay(TimeSpan.FromMilliseconds(60));
        proxy.FromTarget.Delay(TimeSpan.FromMilliseconds(60));
    }

    private async Task DatabaseAsync()
    {
        var store = (PostgresStageStore)stage.Store;
        var time = Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        await _database.WaitAsync();
        Say(FaultKind.Database, $"down for {time.TotalSeconds:0.0} s");
        await store.Server.StopAsync();
        await Task.Delay(time, TimeProvider.System);
        await store.Server.StartAgainAsync();
        Say(FaultKind.Database, "up");
        Count(FaultKind.Database, 1);
        _database.Release();
    }

    private async Task ToNodeAsync(FaultKind kind, TimeSpan time, Func<StageNode, Task> harm, Func<StageNode, Task> heal)
    {
        if (Take() is not { } node)
        {
            return;
        }

        Say(kind, $"{node.Name} for {time.TotalSeconds:0.0} s");
        await harm(node);
        await Task.Delay(time, TimeProvider.System);
        await heal(node);
        Done(kind, node);
        Count(kind, 1);
    }

    private async Task ToWayAsync(FaultKind kind, Func<StageNode, TcpProxy> way, TimeSpan most, Action<TcpProxy> harm, Func<TcpProxy, long> effect)
    {
        if (Take() is not { } node)
        {
            return;
        }

        var (time, before) = (Between(most / 3, most), effect(way(node)));
        Say(kind, $"{node.Name} for {time.TotalSeconds:0.0} s");
        harm(way(node));
        await Task.Delay(time, TimeProvider.System);
        way(node).Heal();
        Done(kind, node);
        Count(kind, effect(way(node)) - before);
    }

    private async Task ToClientsAsync(FaultKind kind, TimeSpan time, Action<TcpProxy> harm, Func<TcpProxy, long> effect)
    {
        TcpProxy[] ways = [stage.FrontDoor, .. stage.Nodes.Select(node => node.Clients)];
        var before = ways.Sum(effect);
        Say(kind, $"for {time.TotalSeconds:0.0} s");
        Array.ForEach(ways, way => harm(way));
        await Task.Delay(time, TimeProvider.System);
        Array.ForEach(ways, way => way.Heal());
        Say(kind, "over");
        Count(kind, ways.Sum(effect) - before);
    }

    private void Done(FaultKind kind, StageNode node)
    {
        Say(kind, $"{node.Name} is over");
        lock (_gate)
        {
            _busy.Remove(node);
        }
    }

    private void Count(FaultKind kind, long effect)
    {
        if (effect > 0)
        {
            history.TookEffect(kind.ToString());
        }
    }

    private void Say(FaultKind kind, string what)
    {
        lock (_gate)
        {
            _log.Add($"{TimeProvider.System.GetElapsedTime(_start).TotalSeconds,6:0.0} s  {kind}: {what}");
        }
    }
}
