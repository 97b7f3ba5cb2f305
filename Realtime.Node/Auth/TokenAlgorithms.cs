namespace Realtime.Node.Auth;

/// <summary>The algorithms that tokens may be signed with (RFC 7518, 3.1). <c>none</c> is not among them.</summary>
public static class TokenAlgorithms
{
    /// <summary>The least bits of a secret, by the algorithm that it is for: those of its hash (RFC 7518, 3.2).</summary>
    public static int SecretBits(string algorithm) => int.Parse(algorithm.AsSpan(2), provider: null);

    public const int RsaBits = 2048;

    public static IReadOnlyList<string> All { get; } =
        ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <returns>Null: it is none of them. Letter case counts.</returns>
    public static KeyFamily? FamilyOf(string? algorithm) => !All.Contains(algorithm, StringComparer.Ordinal) ? null : algorithm![0] switch
    {
        'H' => KeyFamily.Secret,
        'E' => KeyFamily.Elliptic,
        _ => KeyFamily.Rsa,
    };

    /// <summary>The one algorithm of a curve, by the bits of its keys.</summary>
    public static string? OfCurve(int bits) => bits switch
    {
        256 => "ES256",
        384 => "ES384",
        521 => "ES512",
        _ => null,
    };
}
