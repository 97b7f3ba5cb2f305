using System.Diagnostics;
using Realtime.Client;
using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Faults;

/// <summary>What is done to the ways of clients, by clients, and to the machine.</summary>
internal sealed class ClientFaults(FaultScene scene)
{
    private const int Crowd = 150;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <returns>Whether there was anybody to do it to.</returns>
    public Task<bool> DoAsync(FaultKind kind) => kind switch
    {
        FaultKind.ClientsReset => AllAsync(kind, TimeSpan.Zero, proxy => proxy.ResetAll(), proxy => proxy.Resets),
        FaultKind.ClientsHeld => AllAsync(kind, TimeSpan.FromSeconds(5), proxy => proxy.FromTarget.Hold(), proxy => proxy.FromTarget.Touched),
        FaultKind.ClientsSlow => AllAsync(kind, TimeSpan.FromSeconds(3), proxy => proxy.FromTarget.Throttle(20_000), proxy => proxy.FromTarget.Touched),
        FaultKind.ClientStorm => StormAsync(kind),
        FaultKind.Busy => BusyAsync(kind),
        _ => throw new InvalidOperationException($"no such fault of clients: {kind}"),
    };

    private async Task<bool> AllAsync(FaultKind kind, TimeSpan time, Action<TcpProxy> harm, Func<TcpProxy, long> effect)
    {
        await scene.Clients.WaitAsync();
        TcpProxy[] ways = [scene.Stage.FrontDoor, .. scene.Stage.LighthouseDoor is { } door ? [door] : Array.Empty<TcpProxy>(), .. scene.Stage.Nodes.Select(node => node.Clients)];
        var before = ways.Sum(effect);
        scene.Say(kind, $"for {time.TotalSeconds:0.0} s");
        if (time > TimeSpan.Zero)
        {
            // What was held is heard when its sender has long been given up.
            scene.History.Away(new Absence(PresenceRules.Everybody, scene.History.Now, scene.History.Now + scene.History.Grace, Excused: true));
        }

        Array.ForEach(ways, way => harm(way));
        await FaultScene.WaitAsync(time);
        Array.ForEach(ways, way => way.Heal());
        scene.Say(kind, "over");
        scene.Clients.Release();
        scene.Count(kind, ways.Sum(effect) - before);
        return true;
    }

    /// <summary>They come all at once, look at a channel, and go all at once. Other faults may keep some of them out.</summary>
    private async Task<bool> StormAsync(FaultKind kind)
    {
        scene.Say(kind, $"{Crowd} clients");
        var clients = Enumerable.Range(0, Crowd).Select(_ => new RealtimeClient(new RealtimeClientOptions { Url = scene.Stage.Url, ConnectTimeout = TimeSpan.FromSeconds(5) })).ToArray();
        var there = clients.Select(client => client.Subscribe("log:0").Ready).ToArray();
        await Task.WhenAny(Task.WhenAll(there), FaultScene.WaitAsync(Patience));
        scene.Say(kind, $"{there.Count(ready => ready.IsCompletedSuccessfully)} of {Crowd} got in");
        if (there.Any(ready => !ready.IsCompletedSuccessfully))
        {
            scene.History.Trouble($"{there.Count(ready => !ready.IsCompletedSuccessfully)} clients of a crowd of {Crowd} did not get in within {Patience.TotalSeconds} s");
        }

        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
        scene.Count(kind, there.Count(ready => ready.IsCompletedSuccessfully));
        return true;
    }

    private async Task<bool> BusyAsync(FaultKind kind)
    {
        var time = scene.Between(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
        scene.Say(kind, $"for {time.TotalSeconds:0.0} s");
        var burners = Enumerable.Range(0, Environment.ProcessorCount * 2).Select(_ => Process.Start("sh", ["-c", "while :; do :; done"])).ToArray();
        await FaultScene.WaitAsync(time);
        foreach (var burner in burners)
        {
            burner.Kill();
            await burner.WaitForExitAsync();
            burner.Dispose();
        }

        scene.Say(kind, "over");
        scene.Count(kind, burners.Length);
        return true;
    }
}
