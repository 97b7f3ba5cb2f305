using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.DistributedData;
using Akka.Remote;
using Realtime.Node.Cluster;

namespace Realtime.Tests.Cluster;

/// <summary>HOCON ignores what it does not know: a misspelt key would change nothing and say nothing.</summary>
[Collection(ActorSystems.Name)]
public sealed class ConfigurationTests
{
    /// <summary>Where the last part of a key is a name of our own.</summary>
    private static readonly string[] NamedByUs =
        ["akka.cluster.own-dispatcher.", "akka.actor.serializers.", "akka.actor.serialization-bindings."];

    [Fact]
    public void Every_key_is_one_that_Akka_has()
    {
        // Read by Akka's settings, and in no file of theirs; what comes of a wrong one is seen by the end of a program's output.
        HashSet<string> known = [.. Reference(), "akka.stdout-logger-class"];

        Keys(ClusterConfiguration.Of(ActorSystemSettings.Alone).Root, "")
            .Where(key => !known.Contains(key) && !NamedByUs.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal)))
            .Where(key => !(IsTimeOfPhase(key, out var phase) && known.Contains($"{phase}.depends-on")))
            .ShouldBeEmpty();
    }

    /// <summary>Each phase of a stop may have a time, which most take from the default.</summary>
    private static bool IsTimeOfPhase(string key, out string phase)
    {
        var isTime = key.StartsWith("akka.coordinated-shutdown.phases.", StringComparison.Ordinal) && key.EndsWith(".timeout", StringComparison.Ordinal);
        phase = isTime ? key[..^".timeout".Length] : "";
        return isTime;
    }

    [Fact]
    public void A_misspelt_key_is_found()
    {
        var known = Reference().ToHashSet(StringComparer.Ordinal);
        var misspelt = ConfigurationFactory.ParseString("akka.cluster.sharding.handof-timeout = 15s");

        Keys(misspelt.Root, "").Where(key => !known.Contains(key)).ShouldBe(["akka.cluster.sharding.handof-timeout"]);
    }

    [Fact]
    public void The_times_of_a_stop_fit_into_each_other()
    {
        ShutdownTimes.Default.Faults().ShouldBeEmpty();

        var late = ShutdownTimes.Default with { JournalCall = TimeSpan.FromSeconds(10), Host = TimeSpan.FromSeconds(14) };
        late.Faults().ShouldBe(
            ["JournalCall (10 s) must be less than HandOff (15 s) less 5 s", "Regions (14 s) must be less than Host (14 s) less 0 s"]);
        Should.Throw<ArgumentException>(() => ClusterConfiguration.Of(ActorSystemSettings.Alone with { Times = late })).Message.ShouldContain("JournalCall");
    }

    private static IEnumerable<string> Reference()
    {
        Type[] types = [typeof(Akka.Actor.ActorSystem), typeof(RemoteSettings), typeof(Akka.Cluster.Cluster), typeof(ClusterSharding), typeof(DistributedData), typeof(ClusterSingletonManager)];
        foreach (var assembly in types.Select(type => type.Assembly).Distinct())
        {
            foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".conf", StringComparison.Ordinal)))
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                foreach (var key in Keys(ConfigurationFactory.ParseString(reader.ReadToEnd()).Root, ""))
                {
                    yield return key;
                }
            }
        }
    }

    private static IEnumerable<string> Keys(HoconValue value, string path) => value.IsObject()
        ? value.GetObject().Items.SelectMany(item => Keys(item.Value, path.Length == 0 ? item.Key : $"{path}.{item.Key}"))
        : [path];
}
