using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>One key of tokens, <c>Realtime:Auth:Keys:NAME</c>. NAME is the <c>kid</c> of the tokens that it signs, letter case aside.</summary>
public sealed class TokenKeyOptions
{
    /// <summary>
    /// The one algorithm that it is for: <c>HS256</c>, <c>HS384</c>, <c>HS512</c> (a secret), <c>RS256</c>, <c>RS384</c>, <c>RS512</c>, <c>PS256</c>, <c>PS384</c>, <c>PS512</c> (RSA of at least 2,048 bits),
    /// <c>ES256</c>, <c>ES384</c> or <c>ES512</c> (P-256, P-384, P-521). Default none: it must be said.
    /// </summary>
    public string? Algorithm { get; set; }

    /// <summary>The public key or the certificate in PEM, or the secret, of as many bits as the algorithm says. Default none: see <c>KeyFile</c>.</summary>
    [Secret]
    public string? Key { get; set; }

    /// <summary>A file with what <c>Key</c> would say; line breaks at its end do not count. Default none: see <c>Key</c>.</summary>
    public string? KeyFile { get; set; }
}
