using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using Akka.Remote;
using Realtime.Node.Persistence.Serialization;

namespace Realtime.Tests.Cluster.Serialization;

/// <summary>Who serializes what: ours and Akka's own for what it sends itself. No serializer creates what a peer names.</summary>
[Collection(ActorSystems.Name)]
public sealed class BindingsTests(WireSystem wire) : IClassFixture<WireSystem>
{
    /// <summary>By these Akka binds what its parts send to other nodes.</summary>
    private static readonly string[] Markers =
    [
        "Akka.Cluster.IClusterMessage", "Akka.Cluster.Sharding.IClusterShardingSerializable", "Akka.Cluster.Tools.Singleton.IClusterSingletonMessage",
        "Akka.DistributedData.IReplicatorMessage", "Akka.DistributedData.IReplicatedDataSerialization",
    ];

    [Fact]
    public void There_are_these_serializers_and_no_others() => Names("akka.actor.serializers").Order(StringComparer.Ordinal).ShouldBe(
    [
        "akka-cluster", "akka-containers", "akka-data-replication", "akka-misc", "akka-replicated-data",
        "akka-sharding", "akka-singleton", "akka-system-msg", "bytes", "daemon-create", "json", "primitive", "proto", "realtime", "realtime-wire", "reliable-delivery",
    ]);

    [Fact]
    public void Under_the_name_of_the_JSON_serializer_stands_one_that_refuses_and_it_gets_what_nobody_else_has()
    {
        wire.Serialization.FindSerializerForType(typeof(object)).ShouldBeOfType<RefusingSerializer>();
        Bindings().Where(binding => binding.Value == "json").Select(binding => binding.Key).ShouldBe(["System.Object"]);
        AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name).ShouldNotContain("Hyperion");
        AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name).ShouldNotContain("Akka.Serialization.Hyperion");
    }

    [Fact]
    public void What_Akka_sends_between_nodes_needs_no_other_serializer()
    {
        Type[] parts = [typeof(RemoteSettings), typeof(Akka.Cluster.Cluster), typeof(ClusterSharding), typeof(ClusterSingletonManager), typeof(DistributedData)];
        var types = parts.Select(part => part.Assembly).Distinct().SelectMany(assembly => assembly.GetTypes()).ToList();
        var sent = types
            .Where(type => type is { IsAbstract: false, ContainsGenericParameters: false } && type.GetInterfaces().Any(marker => Markers.Contains(marker.FullName)))
            .ToList();

        Markers.ShouldAllBe(marker => types.Any(type => type.FullName == marker), "a marker is not there any more");
        sent.Count.ShouldBeGreaterThan(50);
        sent.Where(type => wire.Serialization.FindSerializerForType(type) is RefusingSerializer).ShouldBeEmpty();
    }

    private Dictionary<string, string> Bindings() => Section("akka.actor.serialization-bindings").AsEnumerable()
        .ToDictionary(entry => entry.Key, entry => entry.Value.GetString());

    private IEnumerable<string> Names(string path) => Section(path).AsEnumerable().Select(entry => entry.Key);

    private Config Section(string path) => wire.Settings.GetConfig(path);
}
