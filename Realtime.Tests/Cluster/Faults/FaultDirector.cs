using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Cluster.Stage;

namespace Realtime.Tests.Cluster.Faults;

/// <summary>
/// Does harm by a seed: every kind in turn, in an order of its own for each seed, one or two at a time, seconds apart.
/// </summary>
internal sealed class FaultDirector
{
    /// <summary>However short a run is meant to be: nodes that are killed or stopped take their time to come back where everything waits for a processor.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan LeastOfKind = TimeSpan.FromSeconds(15);

    private readonly RunHistory _history;
    private readonly IReadOnlyList<FaultKind> _kinds;
    private readonly FaultScene _scene;
    private readonly NodeFaults _nodes;
    private readonly LinkFaults _links;
    private readonly StoreFaults _store;
    private readonly ClientFaults _clients;

    public FaultDirector(ClusterStage stage, RunHistory history, int seed, IReadOnlyList<FaultKind> kinds)
    {
        _history = history;
        _kinds = kinds;
        _scene = new FaultScene(stage, history, seed);
        _nodes = new NodeFaults(_scene);
        _links = new LinkFaults(_scene);
        _store = new StoreFaults(_scene);
        _clients = new ClientFaults(_scene);
    }

    /// <summary>What was done, and when.</summary>
    public string Log => _scene.Log;

    private IEnumerable<FaultKind> Missing => _kinds.Where(kind => _history.Faults[kind.ToString()] == 0);

    /// <summary>
    /// Until the time is over and every kind took effect, for at most three times as long, or <see cref="Least"/>, or <see cref="LeastOfKind"/> for each (on a busy machine everything takes
    /// longer); then ends when everything begun is undone.
    /// </summary>
    public async Task RunAsync(TimeSpan time)
    {
        foreach (var kind in _kinds)
        {
            _history.Plan(kind.ToString());
        }

        var limit = new[] { time * 3, Least, LeastOfKind * _kinds.Count }.Max();
        var open = new List<Task<bool>>();
        var next = new Queue<FaultKind>();
        while (_scene.Passed is var passed && (passed < time || (passed < limit && Missing.Any())))
        {
            if (next.Count == 0 && _kinds.Count > 0)
            {
                next = new Queue<FaultKind>((passed < time ? _kinds : Missing).OrderBy(_ => _scene.Roll(int.MaxValue)));
            }

            open.RemoveAll(fault => fault.IsCompletedSuccessfully);
            if (open.Find(fault => fault.IsFaulted) is { } broken)
            {
                await broken;
            }

            if (open.Count < 2 && next.TryDequeue(out var kind))
            {
                var fault = DoAsync(kind);
                open.Add(fault);
                if (fault is { IsCompletedSuccessfully: true, Result: false })
                {
                    next.Enqueue(kind);
                }
            }

            var pause = time / Math.Max(_kinds.Count, 1) * 0.9 is var even && even < TimeSpan.FromSeconds(4) ? even : _scene.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6));
            await Task.Delay(pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(open);
    }

    private Task<bool> DoAsync(FaultKind kind) => kind switch
    {
        FaultKind.Kill or FaultKind.KillOldest or FaultKind.KillTwo or FaultKind.ShortPause or FaultKind.LongPause or FaultKind.Restart or FaultKind.Duplicate
            or FaultKind.LighthouseKill or FaultKind.LighthouseRestart or FaultKind.LighthousesRestart => _nodes.DoAsync(kind),
        FaultKind.LinkReset or FaultKind.LinkCut or FaultKind.LinkOneWay or FaultKind.LinkLate or FaultKind.ShortPartition or FaultKind.LongPartition => _links.DoAsync(kind),
        FaultKind.Backends or FaultKind.Database or FaultKind.DatabaseStill or FaultKind.StoreCut or FaultKind.StoreHeld or FaultKind.StoreLate or FaultKind.FullDisk => _store.DoAsync(kind),
        FaultKind.ClientsReset or FaultKind.ClientsHeld or FaultKind.ClientsSlow or FaultKind.ClientStorm or FaultKind.Busy => _clients.DoAsync(kind),
        _ => throw new InvalidOperationException($"no such fault: {kind}"),
    };
}
