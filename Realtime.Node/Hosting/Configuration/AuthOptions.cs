using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>Who may be whom, <c>Realtime:Auth</c>.</summary>
public sealed class AuthOptions
{
    /// <summary>
    /// HS256 key of the application's tokens, at least 32 bytes of UTF-8. For development: whoever knows it can be anybody. Default
    /// none: tokens are refused unless there are other keys.
    /// </summary>
    [Secret]
    public string? DevelopmentKey { get; set; }

    /// <summary>Keys of the application's tokens by name, several at a time while they are changed. Default none.</summary>
    public IDictionary<string, TokenKeyOptions> Keys { get; set; } = new Dictionary<string, TokenKeyOptions>();

    /// <summary>
    /// Where the keys of a provider are published (JWKS): an https address, http on this machine alone, or a file. They are fetched every 10 minutes, and at most every 30 s when a token names
    /// another. Default none.
    /// </summary>
    public string? Jwks { get; set; }

    /// <summary>A provider (OpenID Connect) that says itself where its keys are, such as <c>https://login.example.com/</c>; <c>iss</c> must be its name. Instead of <c>Jwks</c>. Default none.</summary>
    public string? Authority { get; set; }

    /// <summary>What <c>iss</c> must be. Default none: not checked, or what <c>Authority</c> says.</summary>
    public string? Issuer { get; set; }

    /// <summary>What <c>aud</c> must be or contain. Default none: not checked.</summary>
    public string? Audience { get; set; }

    /// <summary>
    /// How long a token counts after its <c>exp</c>, 0s to 5m; the same for hello, refresh and the connection that came with it. Default 0s.
    /// </summary>
    public TimeSpan Leeway { get; set; }

    /// <summary>Whether a token without <c>exp</c>, which never ends, is refused. Default <c>true</c>; <c>false</c> in the environment <c>Development</c>.</summary>
    public bool? RequireExpiry { get; set; }

    /// <summary>Whether clients without a token are let in, as anonymous sessions. Default <c>false</c>; <c>true</c> in the environment <c>Development</c>.</summary>
    public bool? Anonymous { get; set; }
}
