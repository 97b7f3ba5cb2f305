using Realtime.Node.Configuration;
using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Cluster.Stage;

namespace Realtime.Tests.Cluster.Faults;

/// <summary>What is done to processes of nodes and lighthouses.</summary>
internal sealed class NodeFaults(FaultScene scene)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private StageOptions Options => scene.Stage.Options;

    /// <returns>Whether there was anybody to do it to.</returns>
    public Task<bool> DoAsync(FaultKind kind) => kind switch
    {
        FaultKind.Kill => KillAsync(kind, scene.TakeOne() is { } node ? [node] : null),
        FaultKind.KillOldest => KillAsync(kind, scene.TakeOne(scene.Stage.Oldest) is { } node ? [node] : null),
        FaultKind.KillTwo => KillAsync(kind, scene.Take(2, scene.Stage.Nodes.Count - 2)),
        FaultKind.ShortPause => PauseAsync(kind, scene.Between(Options.ShortPause / 2, Options.ShortPause), isHarm: false),
        FaultKind.LongPause => PauseAsync(kind, scene.Between(Options.LongPause, Options.LongestPause), isHarm: true),
        FaultKind.Restart => RestartAsync(kind, scene.TakeOne() is { } node ? [node] : null),
        FaultKind.LighthouseKill => KillAsync(kind, scene.TakeLighthouses(1)),
        FaultKind.LighthouseRestart => RestartAsync(kind, scene.TakeLighthouses(1)),
        FaultKind.LighthousesRestart => RestartAsync(kind, scene.TakeLighthouses(scene.Stage.Lighthouses.Count)),
        FaultKind.Duplicate => DuplicateAsync(kind),
        _ => throw new InvalidOperationException($"no such fault of nodes: {kind}"),
    };

    private async Task<bool> KillAsync(FaultKind kind, IReadOnlyList<StageNode>? nodes)
    {
        if (nodes is null)
        {
            return false;
        }

        var (from, time) = (scene.Now, scene.Roll(2) == 0 ? TimeSpan.Zero : scene.Between(TimeSpan.Zero, Options.LongPause));
        scene.Say(kind, $"{Names(nodes)} for {time.TotalSeconds:0.0} s");
        await Task.WhenAll(nodes.Select(node => node.KillAsync()));
        if (scene.Stage.Nodes.All(nodes.Contains))
        {
            // Who is present is known from records alone then. They are written behind, and not at all while the store is out: who has left just before is shown again, and leaves again.
            scene.History.Away(new Absence(PresenceRules.Everybody, scene.History.Now, scene.History.Now + scene.History.Grace, Excused: true));
        }

        await FaultScene.WaitAsync(time);
        await Task.WhenAll(nodes.Select(node => node.StartAsync()));
        scene.Say(kind, $"{Names(nodes)} back");
        scene.Harm(kind, from, nodes);
        scene.Release(nodes);
        scene.Count(kind, nodes.Count);
        return true;
    }

    private async Task<bool> PauseAsync(FaultKind kind, TimeSpan time, bool isHarm)
    {
        if (scene.TakeOne() is not { } node)
        {
            return false;
        }

        var from = scene.Now;
        scene.Say(kind, $"{node.Name} for {time.TotalSeconds:0.0} s");
        await node.PauseAsync();
        await FaultScene.WaitAsync(time);
        await node.ResumeAsync();
        scene.Say(kind, $"{node.Name} goes on");
        if (isHarm)
        {
            scene.Harm(kind, from, node);
        }

        scene.Release(node);
        scene.Count(kind, 1);
        return true;
    }

    private async Task<bool> RestartAsync(FaultKind kind, IReadOnlyList<StageNode>? nodes)
    {
        if (nodes is null)
        {
            return false;
        }

        scene.Say(kind, Names(nodes));
        var codes = await Task.WhenAll(nodes.Select(node => node.TerminateAsync()));
        foreach (var (node, code) in nodes.Zip(codes))
        {
            scene.Say(kind, $"{node.Name} ended with {code}");
            if (code is not (0 or null))
            {
                scene.History.Trouble($"{node.Name} ended with {code} when it was asked to stop");
            }
        }

        await Task.WhenAll(nodes.Select(node => node.StartAsync()));
        scene.Say(kind, $"{Names(nodes)} back");
        scene.Release(nodes);
        scene.Count(kind, codes.Count(code => code is not null));
        return true;
    }

    /// <summary>It is refused, and the one that has the name does not notice.</summary>
    private async Task<bool> DuplicateAsync(FaultKind kind)
    {
        if (scene.TakeOne() is not { } node)
        {
            return false;
        }

        scene.Say(kind, node.Name);
        await using var second = node.LaunchAnother();
        var code = await second.Ended.WaitAsync(Patience, TimeProvider.System);
        scene.Say(kind, $"of {node.Name} ended with {code}");
        if (code != ExitCodes.NameInUse)
        {
            scene.History.Trouble($"a second {node.Name} ended with {code}:\n{string.Join('\n', [.. second.Output, .. second.Faults])}");
        }

        scene.Release(node);
        scene.Count(kind, 1);
        return true;
    }

    private static string Names(IEnumerable<StageNode> nodes) => string.Join(" and ", nodes.Select(node => node.Name));
}
