using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Realtime.Node.Auth;

/// <summary>One key and the one algorithm that it checks. What a token says about algorithms and keys changes neither.</summary>
public sealed class TokenKey
{
    public const int MaximumTokenLength = 8 * 1024;

    private readonly SignatureProvider _signatures;

    internal TokenKey(string? id, string algorithm, SecurityKey key)
    {
        Id = id;
        Algorithm = algorithm;
        Family = TokenAlgorithms.FamilyOf(algorithm) ?? throw new ArgumentException("There is no such algorithm.", nameof(algorithm));
        _signatures = key.CryptoProviderFactory.CreateForVerifying(key, algorithm);
    }

    /// <summary>Its name, <c>kid</c>.</summary>
    public string? Id { get; }

    public string Algorithm { get; }

    public KeyFamily Family { get; }

    /// <summary>Whether this key signed the token: its last part signs all that stands before it, as it stands there (RFC 7515, 5.2).</summary>
    /// <exception cref="FormatException">The last part is not base64url.</exception>
    public bool Signed(string token)
    {
        var end = token.LastIndexOf('.');
        if (end < 0)
        {
            return false;
        }

        var signature = Base64Url.DecodeFromChars(token.AsSpan(end + 1));
        var signed = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(end));
        try
        {
            var length = Encoding.UTF8.GetBytes(token.AsSpan(0, end), signed);
            return signature.Length > 0 && _signatures.Verify(signed, 0, length, signature, 0, signature.Length);
        }
        catch (ArgumentException)
        {
            // A length that signatures of this algorithm do not have.
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(signed);
        }
    }
}
