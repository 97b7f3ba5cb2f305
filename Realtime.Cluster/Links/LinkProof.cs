using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Realtime.Cluster.Links;

/// <summary>
/// Shows knowledge of the secret without saying it: HMAC-SHA256 (RFC 2104) over all that both sides said. Both put a nonce into that, so
/// that nothing recorded earlier helps; and the side is in it, so that nobody can be answered with his own proof.
/// </summary>
internal static class LinkProof
{
    public const int Bytes = HMACSHA256.HashSizeInBytes;
    public const byte OfDialler = 1;
    public const byte OfListener = 2;

    public static byte[] Make(ReadOnlySpan<byte> secret, byte side, ReadOnlySpan<byte> hello, ReadOnlySpan<byte> challenge)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        Span<byte> head = stackalloc byte[5];
        head[0] = side;

        // The length of the first part: else one byte could wander from the one to the other with the same sum.
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], hello.Length);
        hash.AppendData(head);
        hash.AppendData(hello);
        hash.AppendData(challenge);
        return hash.GetHashAndReset();
    }

    public static bool Check(ReadOnlySpan<byte> proof, ReadOnlySpan<byte> secret, byte side, ReadOnlySpan<byte> hello, ReadOnlySpan<byte> challenge) =>
        CryptographicOperations.FixedTimeEquals(proof, Make(secret, side, hello, challenge));
}
