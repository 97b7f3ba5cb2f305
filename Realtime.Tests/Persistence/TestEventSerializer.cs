using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace Realtime.Tests.Persistence;

/// <summary>Text as it is; refuses bytes that begin with zero.</summary>
public sealed class TestEventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const int Number = 9001;

    public override int Identifier => Number;

    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(((TestEvent)obj).Text);

    public override object FromBinary(byte[] bytes, string manifest) => bytes is [0, ..]
        ? throw new InvalidDataException("the event begins with zero")
        : new TestEvent(Encoding.UTF8.GetString(bytes));

    public override string Manifest(object o) => "t";
}
