using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Cluster.Stage;

namespace Realtime.Tests.Cluster.Faults;

/// <summary>What is done to the ways between nodes.</summary>
internal sealed class LinkFaults(FaultScene scene)
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(60);

    private StageOptions Options => scene.Stage.Options;

    private StageNetwork Network => scene.Stage.Network!;

    /// <returns>Whether there was anybody to do it to.</returns>
    public Task<bool> DoAsync(FaultKind kind) => kind switch
    {
        FaultKind.LinkReset => PairAsync(kind, TimeSpan.Zero, Network.Reset, Network.Resets),
        FaultKind.LinkCut => PairAsync(kind, scene.Between(Options.ShortPartition / 2, Options.ShortPartition), Network.Cut, Network.Resets),
        FaultKind.LinkOneWay => PairAsync(kind, scene.Between(Options.ShortPartition / 2, Options.ShortPartition), Network.Silence, Network.Touched),
        FaultKind.LinkLate => PairAsync(kind, TimeSpan.FromSeconds(4), (one, other) => Network.Delay(one, other, Late), Network.Touched),
        FaultKind.ShortPartition => PartAsync(kind, scene.Between(Options.ShortPartition / 2, Options.ShortPartition), isHarm: false),
        FaultKind.LongPartition => PartAsync(kind, Options.LongPartition, isHarm: true),
        _ => throw new InvalidOperationException($"no such fault of links: {kind}"),
    };

    private async Task<bool> PairAsync(FaultKind kind, TimeSpan time, Action<string, string> harm, Func<string, string, long> effect)
    {
        if (scene.Take(2, scene.Stage.Nodes.Count - 2) is not [var one, var other] pair)
        {
            return false;
        }

        var before = effect(one.Name, other.Name);
        scene.Say(kind, $"{one.Name} and {other.Name}, {Network.Links(one.Name, other.Name)} connections, for {time.TotalSeconds:0.0} s");
        harm(one.Name, other.Name);
        await FaultScene.WaitAsync(time);
        Network.Heal(one.Name, other.Name);
        scene.Say(kind, $"{one.Name} and {other.Name} again");
        scene.Release(pair);
        scene.Count(kind, effect(one.Name, other.Name) - before);
        return true;
    }

    /// <summary>
    /// One against all others and the lighthouses, by broken connections or by silence. Nothing else is done to any node meanwhile, because together with that another one might have to
    /// go. The smaller side goes; of two either may, also of two that are left because the third one was given up for what was done to it before.
    /// </summary>
    private async Task<bool> PartAsync(FaultKind kind, TimeSpan time, bool isHarm)
    {
        if (scene.Take(scene.Stage.Nodes.Count, 0) is not { } all)
        {
            return false;
        }

        var (one, others) = (all[0], all.Skip(1).ToArray());
        var (from, silent, names) = (scene.Now, scene.Roll(2) == 0, others.Concat(scene.Stage.Lighthouses).Select(other => other.Name).ToArray());
        var before = names.Sum(name => Effect(one.Name, name));
        scene.Say(kind, $"{one.Name} from {string.Join(" and ", names)} for {time.TotalSeconds:0.0} s, {(silent ? "silent" : "broken off")}");
        foreach (var name in names)
        {
            if (silent)
            {
                Network.Silence(one.Name, name);
                Network.Silence(name, one.Name);
            }
            else
            {
                Network.Cut(one.Name, name);
            }
        }

        // Whom its holder does not reach any more may be gone from the room; nobody's client can know.
        scene.History.Away(new Absence(PresenceRules.Everybody, scene.History.Now, scene.History.Now + scene.History.Grace, Excused: true));
        await FaultScene.WaitAsync(time);
        foreach (var name in names)
        {
            Network.Heal(one.Name, name);
        }

        scene.Say(kind, $"{one.Name} and {string.Join(" and ", names)} again");
        if (isHarm)
        {
            scene.Harm(kind, from, others.Length == 1 || others.Any(other => scene.WasGivenUpBefore(other, from)) ? all : [one]);
        }

        scene.Release(all);
        scene.Count(kind, names.Sum(name => Effect(one.Name, name)) - before);
        return true;

        long Effect(string a, string b) => silent ? Network.Touched(a, b) + Network.Touched(b, a) : Network.Resets(a, b);
    }
}
