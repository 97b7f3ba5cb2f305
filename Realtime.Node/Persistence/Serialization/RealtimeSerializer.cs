using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Serialization;

/// <summary>
/// The serializer of everything that is kept, by short manifests. Its number and its manifests stand in rows and are frozen by a test. What a
/// journal keeps is never answered with an exception: one bad row must not stop the rows around it.
/// </summary>
public sealed class RealtimeSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const int Number = 7501;
    public const string EventManifest = "e1";
    public const string SnapshotManifest = "s1";

    public override int Identifier => Number;

    public override string Manifest(object o) => o switch
    {
        LoggedEvent => EventManifest,
        ChannelSnapshot => SnapshotManifest,
        _ => throw new ArgumentException($"{o.GetType()} has no manifest", nameof(o)),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        LoggedEvent logged => EventCodec.Write(logged),
        ChannelSnapshot snapshot => SnapshotCodec.Write(snapshot),
        _ => throw new ArgumentException($"{obj.GetType()} cannot be serialized", nameof(obj)),
    };

    /// <exception cref="SerializationException">The manifest is of nothing that is kept, in any version.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        EventManifest => EventCodec.Read(bytes),
        SnapshotManifest => SnapshotCodec.Read(bytes),
        ['e', ..] => EventCodec.Unknown(manifest),
        ['s', ..] => ChannelSnapshot.Unreadable($"its manifest is {manifest}, which this version does not know"),
        _ => throw new SerializationException($"There is nothing with the manifest '{manifest}'."),
    };
}
