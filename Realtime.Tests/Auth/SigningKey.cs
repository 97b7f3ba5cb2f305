using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Realtime.Node.Auth;

namespace Realtime.Tests.Auth;

/// <summary>The application's half of a key: signs by hand, whatever the head says.</summary>
internal sealed class SigningKey : IDisposable
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _elliptic;
    private readonly string? _secret;

    public SigningKey(string id, string algorithm, int rsaBits = 2048)
    {
        (Id, Algorithm) = (id, algorithm);
        _rsa = algorithm[0] is 'R' or 'P' ? RSA.Create(rsaBits) : null;
        _elliptic = algorithm switch
        {
            "ES256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            "ES384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            "ES512" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
            _ => null,
        };
        _secret = algorithm[0] is 'H' ? new string('s', 64) + id : null;
    }

    public string Id { get; }

    public string Algorithm { get; }

    /// <summary>What the server is given.</summary>
    public string Text => _secret ?? _rsa?.ExportSubjectPublicKeyInfoPem() ?? _elliptic!.ExportSubjectPublicKeyInfoPem();

    public string PrivateText => _rsa?.ExportPkcs8PrivateKeyPem() ?? _elliptic!.ExportPkcs8PrivateKeyPem();

    public TokenKey ToKey(bool named = true) =>
        TokenKeyText.TryRead(named ? Id : null, Algorithm, Text, out var key, out var fault) ? key : throw new InvalidOperationException(fault);

    /// <summary>As a provider publishes it.</summary>
    public string Json(string? use = "sig", bool algorithm = true)
    {
        var more = (use is null ? "" : $",\"use\":\"{use}\"") + (algorithm ? $",\"alg\":\"{Algorithm}\"" : "");
        if (_rsa is not null)
        {
            var publicKey = _rsa.ExportParameters(false);
            return $$"""{"kty":"RSA","kid":"{{Id}}","n":"{{Base64Url.EncodeToString(publicKey.Modulus)}}","e":"{{Base64Url.EncodeToString(publicKey.Exponent)}}"{{more}}}""";
        }

        if (_elliptic is null)
        {
            return $$"""{"kty":"oct","kid":"{{Id}}","k":"{{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(_secret!))}}"{{more}}}""";
        }

        var point = _elliptic.ExportParameters(false).Q;
        var curve = "P-" + (Algorithm == "ES512" ? "521" : Algorithm[2..]);
        return $$"""{"kty":"EC","crv":"{{curve}}","kid":"{{Id}}","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"{{more}}}""";
    }

    /// <param name="header">Null: what belongs to the key.</param>
    public string Sign(string payload, string? header = null)
    {
        var signed = Jwt.Encode(header ?? $$"""{"alg":"{{Algorithm}}","typ":"JWT","kid":"{{Id}}"}""") + "." + Jwt.Encode(payload);
        return signed + "." + Base64Url.EncodeToString(Sign(Encoding.ASCII.GetBytes(signed)));
    }

    public void Dispose()
    {
        _rsa?.Dispose();
        _elliptic?.Dispose();
    }

    private byte[] Sign(byte[] data)
    {
        var hash = new HashAlgorithmName("SHA" + Algorithm[2..]);
        return _rsa?.SignData(data, hash, Algorithm[0] is 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
            ?? _elliptic?.SignData(data, hash)
            ?? (Algorithm switch
            {
                "HS256" => HMACSHA256.HashData(Encoding.UTF8.GetBytes(_secret!), data),
                "HS384" => HMACSHA384.HashData(Encoding.UTF8.GetBytes(_secret!), data),
                _ => HMACSHA512.HashData(Encoding.UTF8.GetBytes(_secret!), data),
            });
    }
}
