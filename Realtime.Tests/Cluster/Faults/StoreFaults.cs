using Realtime.Tests.Cluster.Stage;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Faults;

/// <summary>What is done to the store and to the ways to it. That it is out of reach for all is no reason to declare anybody dead.</summary>
internal sealed class StoreFaults(FaultScene scene)
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(60);

    /// <summary>Less than the load writes in a second.</summary>
    private const long Room = 20_000;

    private StageOptions Options => scene.Stage.Options;

    /// <returns>Whether there was anybody to do it to.</returns>
    public Task<bool> DoAsync(FaultKind kind) => kind switch
    {
        FaultKind.Backends => BackendsAsync(kind),
        FaultKind.Database => OutageAsync(kind, server => server.StopAsync(), server => server.StartAgainAsync()),
        FaultKind.DatabaseStill => OutageAsync(kind, server => server.PauseAsync(), server => server.ResumeAsync()),
        FaultKind.StoreCut => WayAsync(kind, Options.LongPause, isHarm: true, proxy => proxy.Cut(), proxy => proxy.Resets),
        FaultKind.StoreHeld => WayAsync(kind, Options.LongPause, isHarm: true, proxy => proxy.FromTarget.Hold(), proxy => proxy.FromTarget.Touched),
        FaultKind.StoreLate => WayAsync(kind, TimeSpan.FromSeconds(3), isHarm: false, Delay, proxy => proxy.ToTarget.Touched),
        FaultKind.FullDisk => FullAsync(kind),
        _ => throw new InvalidOperationException($"no such fault of the store: {kind}"),
    };

    private static void Delay(TcpProxy proxy)
    {
        proxy.ToTarget.Delay(Late);
        proxy.FromTarget.Delay(Late);
    }

    private async Task<bool> BackendsAsync(FaultKind kind)
    {
        await scene.Database.WaitAsync();
        var killed = await ((PostgresStageStore)scene.Stage.Store).KillBackendsAsync(scene.Stage.Members.Select(member => member.Name));
        scene.Database.Release();
        scene.Say(kind, $"{killed} connections");
        scene.Count(kind, killed);
        return true;
    }

    private async Task<bool> OutageAsync(FaultKind kind, Func<PostgresServer, Task> harm, Func<PostgresServer, Task> heal)
    {
        var store = (PostgresStageStore)scene.Stage.Store;
        await scene.Database.WaitAsync();
        var (from, time) = (scene.Now, scene.Between(TimeSpan.FromSeconds(1), Options.StoreOutage));
        scene.Say(kind, $"for {time.TotalSeconds:0.0} s");
        await harm(store.Server);
        await FaultScene.WaitAsync(time);
        await heal(store.Server);
        scene.Say(kind, "over");
        scene.History.Outage(from, scene.Now);
        scene.Database.Release();
        scene.Count(kind, 1);
        return true;
    }

    private async Task<bool> WayAsync(FaultKind kind, TimeSpan most, bool isHarm, Action<TcpProxy> harm, Func<TcpProxy, long> effect)
    {
        if (scene.TakeOne() is not { } node)
        {
            return false;
        }

        var (from, time, way) = (scene.Now, scene.Between(most / 3, most), node.Store!);
        var before = effect(way);
        scene.Say(kind, $"{node.Name} for {time.TotalSeconds:0.0} s");
        harm(way);
        await FaultScene.WaitAsync(time);
        way.Heal();
        scene.Say(kind, $"{node.Name} again");
        if (isHarm)
        {
            scene.Harm(kind, from, node);
        }

        scene.Release(node);
        scene.Count(kind, effect(way) - before);
        return true;
    }

    /// <summary>Until a client has heard of it.</summary>
    private async Task<bool> FullAsync(FaultKind kind)
    {
        const string Full = "storage_full";
        if (scene.TakeOne() is not { } node)
        {
            return false;
        }

        var (from, before) = (scene.Now, scene.History.Answers.GetValueOrDefault(Full));
        scene.Say(kind, node.Name);
        await node.LimitFilesAsync(scene.Stage.Store.Bytes + Room);
        await FaultScene.WaitAsync(scene.Between(TimeSpan.FromSeconds(2), Options.StoreOutage));
        await node.LimitFilesAsync(null);
        scene.History.Outage(from, scene.Now);
        var heard = scene.History.Answers.GetValueOrDefault(Full) - before;
        scene.Say(kind, $"{node.Name} has room again, heard of {heard} times");
        scene.Release(node);
        scene.Count(kind, heard);
        return true;
    }
}
