using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Realtime.Node.Persistence.Serialization;

namespace Realtime.Tests.Cluster.Serialized;

/// <summary>
/// Takes what no other serializer does. Akka does not mark all of its own local messages: these pass as they are, but not to another actor system. Everything
/// else is refused, as by <see cref="RefusingSerializer"/>: a message of ours is bound to a codec, or says that it is local.
/// </summary>
public sealed class PassingSerializer : Serializer
{
    private static readonly ConcurrentDictionary<long, (ActorSystem System, object Message)> Held = [];
    private static long _last;

    /// <param name="settings">Those of the JSON serializer, whose place it takes. Not used.</param>
    public PassingSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
    }

    public override int Identifier => RefusingSerializer.Number;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj)
    {
        if (obj.GetType().Assembly.GetName().Name is not { } name || !(name is "Akka" || name.StartsWith("Akka.", StringComparison.Ordinal)))
        {
            throw new SerializationException($"{obj.GetType()} is neither bound to a serializer nor marked as local.");
        }

        var number = Interlocked.Increment(ref _last);
        Held[number] = (system, obj);
        return BitConverter.GetBytes(number);
    }

    public override object FromBinary(byte[] bytes, Type type)
    {
        var number = BitConverter.ToInt64(bytes);
        return !Held.TryRemove(number, out var held) ? throw new SerializationException($"Message {number} was taken already.")
            : held.System != system ? throw new SerializationException($"{held.Message.GetType()} is local, and came from another actor system.")
            : held.Message;
    }
}
