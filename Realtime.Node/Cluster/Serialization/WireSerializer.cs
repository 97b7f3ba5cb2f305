using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;

namespace Realtime.Node.Cluster.Serialization;

/// <summary>
/// The serializer of everything of ours that travels between nodes. What cannot be read is refused with an exception: Akka logs it and goes on
/// with the next message of the same connection.
/// </summary>
public sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const int Number = 7502;

    private const int ShownCharacters = 32;

    private static readonly FrozenDictionary<Type, WireCase> Written =
        WireFamilies.All.SelectMany(family => family.Cases).ToFrozenDictionary(message => message.Message);

    private static readonly FrozenDictionary<string, WireCase> Read =
        WireFamilies.All.SelectMany(family => family.Cases).ToFrozenDictionary(message => message.Manifest, StringComparer.Ordinal);

    public override int Identifier => Number;

    public override string Manifest(object o) => CaseOf(o).Manifest;

    public override byte[] ToBinary(object obj) => CaseOf(obj).Write(obj);

    /// <exception cref="SerializationException">The manifest is not known, or the bytes are no such message.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!Read.TryGetValue(manifest, out var message))
        {
            throw new SerializationException($"There is no message with the manifest '{Shown(manifest)}'.");
        }

        try
        {
            return message.Read(bytes);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            throw new SerializationException($"The {bytes.Length} bytes of a message with the manifest '{manifest}' cannot be read: {e.Message}", e);
        }
    }

    private static WireCase CaseOf(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Written.TryGetValue(message.GetType(), out var known)
            ? known
            : throw new SerializationException($"{message.GetType()} has no manifest.");
    }

    /// <summary>A peer chose it: it is neither long nor does it break the line.</summary>
    private static string Shown(string manifest) =>
        string.Concat(manifest.Take(ShownCharacters).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '?'));
}
