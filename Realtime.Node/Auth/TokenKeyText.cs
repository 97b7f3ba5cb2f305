using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Realtime.Node.Auth;

/// <summary>Keys as operators write them: a secret as it is, a public key or a certificate in PEM.</summary>
public static class TokenKeyText
{
    private const string PemStart = "-----BEGIN ";

    /// <param name="fault">What is wrong, without a word of the key.</param>
    public static bool TryRead(string? id, string algorithm, string text, [NotNullWhen(true)] out TokenKey? key, [NotNullWhen(false)] out string? fault)
    {
        key = null;
        try
        {
            fault = TokenAlgorithms.FamilyOf(algorithm) switch
            {
                KeyFamily.Secret => ReadSecret(id, algorithm, text, out key),
                KeyFamily.Rsa => ReadRsa(id, algorithm, text, out key),
                KeyFamily.Elliptic => ReadElliptic(id, algorithm, text, out key),
                _ => $"must be for one of {string.Join(", ", TokenAlgorithms.All)}",
            };
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or CryptographicException)
        {
            fault = "must be a public key or a certificate in PEM for " + algorithm;
        }

        return key is not null;
    }

    private static string? ReadSecret(string? id, string algorithm, string text, out TokenKey? key)
    {
        key = null;
        if (text.Contains(PemStart, StringComparison.Ordinal))
        {
            // Public keys are no secrets: whoever has one could sign.
            return $"must be a secret for {algorithm}, is a key or certificate in PEM";
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length * 8 < TokenAlgorithms.SecretBits(algorithm))
        {
            return $"must be at least {TokenAlgorithms.SecretBits(algorithm) / 8} bytes for {algorithm}, is {bytes.Length}";
        }

        key = new TokenKey(id, algorithm, new SymmetricSecurityKey(bytes));
        return null;
    }

    private static string? ReadRsa(string? id, string algorithm, string text, out TokenKey? key)
    {
        key = null;
        if (PrivateFault(text) is { } fault)
        {
            return fault;
        }

        using var certificate = IsCertificate(text) ? X509Certificate2.CreateFromPem(text) : null;
        using var rsa = certificate is null ? RSA.Create() : certificate.GetRSAPublicKey();
        if (certificate is null)
        {
            rsa!.ImportFromPem(text);
        }

        if (rsa is null)
        {
            return $"must be of RSA for {algorithm}";
        }

        if (rsa.KeySize < TokenAlgorithms.RsaBits)
        {
            return $"must have at least {TokenAlgorithms.RsaBits} bits, has {rsa.KeySize}";
        }

        key = new TokenKey(id, algorithm, new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false)));
        return null;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The key keeps it for as long as the node lives.")]
    private static string? ReadElliptic(string? id, string algorithm, string text, out TokenKey? key)
    {
        key = null;
        if (PrivateFault(text) is { } fault)
        {
            return fault;
        }

        using var certificate = IsCertificate(text) ? X509Certificate2.CreateFromPem(text) : null;
        var elliptic = certificate is null ? ECDsa.Create() : certificate.GetECDsaPublicKey();
        if (certificate is null)
        {
            elliptic!.ImportFromPem(text);
        }

        if (elliptic is null || TokenAlgorithms.OfCurve(elliptic.KeySize) != algorithm)
        {
            return $"must be on the curve of {algorithm}";
        }

        key = new TokenKey(id, algorithm, new ECDsaSecurityKey(elliptic));
        return null;
    }

    private static bool IsCertificate(string text) => text.Contains(PemStart + "CERTIFICATE", StringComparison.Ordinal);

    private static string? PrivateFault(string text) => text.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
        ? "is a private key, which only the application needs: give the public one"
        : null;
}
