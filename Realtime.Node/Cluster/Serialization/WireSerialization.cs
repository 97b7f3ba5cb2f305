using Akka.Configuration;

namespace Realtime.Node.Cluster.Serialization;

/// <summary>The part of Akka's configuration that binds what travels between nodes to its serializer.</summary>
internal static class WireSerialization
{
    public static Config Config { get; } = ConfigurationFactory.ParseString($$"""
        akka.actor {
          serializers.realtime-wire = "{{NameOf(typeof(WireSerializer))}}"
          serialization-bindings {
            {{string.Join("\n    ", WireFamilies.All.Select(family => $"\"{NameOf(family.Messages)}\" = realtime-wire"))}}
          }
        }
        """);

    private static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
