using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>
/// Makes and checks resume tokens. A session id is public (others see it in <c>from.session</c>); the token proves that the server gave
/// the session to its bearer.
/// <code>
/// base64url( key id: 1 | session id: 16 | HMAC-SHA256(purpose | key id | session id), first 16 bytes )      44 characters
/// </code>
/// The keys live in the store, so every node and every restart takes the same tokens. The highest key id signs; the others are those
/// that tokens still in use were signed with.
/// </summary>
public sealed class ResumeTokens
{
    public const int TextLength = 44;
    private const int KeyBytes = 32;
    private const int SignedBytes = 1 + SessionId.Bytes;
    private const int MacBytes = 16;
    private const int TokenBytes = SignedBytes + MacBytes;

    private readonly byte[]?[] _keys = new byte[]?[256];
    private readonly byte _signingKey;

    public ResumeTokens(IReadOnlyDictionary<byte, byte[]> keys)
    {
        if (keys.Count == 0)
        {
            throw new ArgumentException("There is no key to sign resume tokens with.", nameof(keys));
        }

        foreach (var (id, key) in keys)
        {
            if (key.Length < KeyBytes)
            {
                throw new ArgumentException($"Key {id} of the resume tokens has {key.Length} bytes, {KeyBytes} are needed.", nameof(keys));
            }

            _keys[id] = key;
            _signingKey = Math.Max(_signingKey, id);
        }
    }

    /// <summary>Bound into the MAC, so that nothing else that is ever signed with these keys can pass for a resume token.</summary>
    private static ReadOnlySpan<byte> Purpose => "realtime resume token 1"u8;

    public string Issue(SessionId session)
    {
        if (session.IsNone)
        {
            throw new ArgumentException("No session, no token.", nameof(session));
        }

        Span<byte> token = stackalloc byte[TokenBytes];
        token[0] = _signingKey;
        session.Write(token[1..]);
        WriteMac(_keys[_signingKey]!, token[..SignedBytes], token[SignedBytes..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>False for anything this store's keys did not sign. To the client that is a lost session, not an error (protocol.md, rule 3).</summary>
    public bool TryVerify(string? text, out SessionId session)
    {
        session = default;
        Span<byte> token = stackalloc byte[TokenBytes];
        if (text is not { Length: TextLength } ||
            Base64Url.DecodeFromChars(text, token, out _, out var written) != OperationStatus.Done ||
            written != TokenBytes)
        {
            return false;
        }

        if (_keys[token[0]] is not { } key)
        {
            return false;
        }

        Span<byte> mac = stackalloc byte[MacBytes];
        WriteMac(key, token[..SignedBytes], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, token[SignedBytes..]))
        {
            return false;
        }

        session = SessionId.Read(token[1..SignedBytes]);
        return !session.IsNone;
    }

    private static void WriteMac(byte[] key, ReadOnlySpan<byte> signed, Span<byte> destination)
    {
        Span<byte> input = stackalloc byte[Purpose.Length + SignedBytes];
        Purpose.CopyTo(input);
        signed.CopyTo(input[Purpose.Length..]);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, input, mac);
        mac[..MacBytes].CopyTo(destination);
    }
}
