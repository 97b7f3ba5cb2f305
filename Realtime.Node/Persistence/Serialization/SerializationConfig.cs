using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Serialization;

/// <summary>The part of Akka's configuration that says who serializes what.</summary>
public static class SerializationConfig
{
    public static string Hocon { get; } = $$"""
        akka.actor {
          serializers {
            json = "{{NameOf(typeof(RefusingSerializer))}}"
            realtime = "{{NameOf(typeof(RealtimeSerializer))}}"
          }
          serialization-bindings {
            "{{NameOf(typeof(IPersistedEvent))}}" = realtime
          }
        }
        """;

    private static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
