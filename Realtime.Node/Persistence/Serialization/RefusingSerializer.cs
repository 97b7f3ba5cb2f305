using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Realtime.Node.Persistence.Serialization;

/// <summary>
/// Stands in for Akka's JSON serializer and refuses. That one creates whatever type a peer or a row names, and is chosen by its number alone.
/// </summary>
public sealed class RefusingSerializer : Serializer
{
    /// <param name="settings">Those of the JSON serializer, which Akka hands over because its configuration has some. Not used.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
    }

    /// <summary>The number of Akka's JSON serializer.</summary>
    public const int Number = 1;

    public override int Identifier => Number;

    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj) =>
        throw new SerializationException($"{obj.GetType()} has no serializer: what is sent or kept is bound to one by its marker interface.");

    public override object FromBinary(byte[] bytes, Type type) =>
        throw new SerializationException("A message of Akka's JSON serializer was refused.");
}
