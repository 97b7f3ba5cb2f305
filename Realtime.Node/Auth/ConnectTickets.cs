using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>
/// Makes and checks connect tickets: "this handshake was given a place at that node". A ticket carries no identity and grants nothing but admission, once.
/// <code>
/// base64url( key id: 1 | nonce: 8 | not before: 8 | expires: 8 | HMAC-SHA256(purpose | those | node name), first 16 bytes )   55 characters
/// </code>
/// Its key is derived from the store's, so every node and every other process on the store can issue one for any node. Clocks of two
/// machines are compared here, and only here: one that is wrong costs its clients the shortcut, never the connection.
/// </summary>
public sealed class ConnectTickets
{
    public const int TextLength = 55;
    private const int KeyBytes = 32;
    private const int SignedBytes = 1 + 8 + 8 + 8;
    private const int MacBytes = 16;
    private const int TicketBytes = SignedBytes + MacBytes;

    /// <summary>How long after its time a ticket still counts.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    /// <summary>How far the clocks of two machines may be apart before a ticket comes too early.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    private readonly byte[]?[] _keys = new byte[]?[256];
    private readonly byte _signingKey;

    /// <param name="storeKeys">The keys of the store by id; the highest id signs.</param>
    public ConnectTickets(IReadOnlyDictionary<byte, byte[]> storeKeys)
    {
        if (storeKeys.Count == 0)
        {
            throw new ArgumentException("There is no key to sign tickets with.", nameof(storeKeys));
        }

        foreach (var (id, key) in storeKeys)
        {
            _keys[id] = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyBytes, info: Purpose.ToArray());
            _signingKey = Math.Max(_signingKey, id);
        }
    }

    private static ReadOnlySpan<byte> Purpose => "realtime connect ticket 1"u8;

    /// <param name="nonce">Random: two tickets of one millisecond are two.</param>
    public string Issue(NodeId node, DateTimeOffset notBefore, ulong nonce)
    {
        Span<byte> ticket = stackalloc byte[TicketBytes];
        ticket[0] = _signingKey;
        BinaryPrimitives.WriteUInt64BigEndian(ticket[1..], nonce);
        BinaryPrimitives.WriteInt64BigEndian(ticket[9..], notBefore.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64BigEndian(ticket[17..], (notBefore + Life).ToUnixTimeMilliseconds());
        WriteMac(_keys[_signingKey]!, ticket[..SignedBytes], node, ticket[SignedBytes..]);
        return Base64Url.EncodeToString(ticket);
    }

    /// <param name="mark">What tells this ticket from all others: it counts once.</param>
    public TicketVerdict Check(string? text, NodeId self, DateTimeOffset now, out UInt128 mark)
    {
        mark = default;
        if (text is null)
        {
            return TicketVerdict.None;
        }

        Span<byte> ticket = stackalloc byte[TicketBytes];
        if (text.Length != TextLength ||
            Base64Url.DecodeFromChars(text, ticket, out _, out var written) != OperationStatus.Done ||
            written != TicketBytes || _keys[ticket[0]] is not { } key)
        {
            return TicketVerdict.Forged;
        }

        Span<byte> mac = stackalloc byte[MacBytes];
        WriteMac(key, ticket[..SignedBytes], self, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, ticket[SignedBytes..]))
        {
            return TicketVerdict.Forged;
        }

        mark = BinaryPrimitives.ReadUInt128BigEndian(mac);
        var moment = now.ToUnixTimeMilliseconds();
        return moment + (long)Tolerance.TotalMilliseconds < BinaryPrimitives.ReadInt64BigEndian(ticket[9..]) ? TicketVerdict.Early
            : moment >= BinaryPrimitives.ReadInt64BigEndian(ticket[17..]) ? TicketVerdict.Expired
            : TicketVerdict.Valid;
    }

    private static void WriteMac(byte[] key, ReadOnlySpan<byte> signed, NodeId node, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, [.. Purpose, .. signed, .. Encoding.UTF8.GetBytes(node.Name)], hash);
        hash[..MacBytes].CopyTo(destination);
    }
}
