using Akka.Actor;
using Akka.Serialization;
using Realtime.Node.Cluster.Serialization;

namespace Realtime.Tests.Cluster.Remoting;

/// <summary>Passes for the serializer between nodes.</summary>
internal sealed class RawSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const string Settings = """
        akka.actor {
          serializers.realtime-wire = "Realtime.Tests.Cluster.Remoting.RawSerializer, Realtime.Tests"
          serialization-bindings { "Realtime.Tests.Cluster.Remoting.RawMessage, Realtime.Tests" = realtime-wire }
        }
        """;

    public override int Identifier => WireSerializer.Number;

    public override string Manifest(object o) => ((RawMessage)o).Manifest;

    public override byte[] ToBinary(object obj) => ((RawMessage)obj).Bytes;

    public override object FromBinary(byte[] bytes, string manifest) => new RawMessage(manifest, bytes);
}
