using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>Who may be whom, <c>Realtime:Auth</c>.</summary>
public sealed class AuthOptions
{
    /// <summary>
    /// HS256 key of the application's tokens, at least 32 bytes of UTF-8. For development: whoever knows it can be anybody. Default
    /// none: sessions are anonymous and tokens are refused.
    /// </summary>
    [Secret]
    public string? DevelopmentKey { get; set; }

    /// <summary>What <c>iss</c> must be. Default none: not checked.</summary>
    public string? Issuer { get; set; }

    /// <summary>What <c>aud</c> must be or contain. Default none: not checked.</summary>
    public string? Audience { get; set; }

    /// <summary>
    /// How long a token counts after its <c>exp</c>, 0s to 5m; the same for hello, refresh and the connection that came with it. A token without <c>exp</c> never ends. Default 0s.
    /// </summary>
    public TimeSpan Leeway { get; set; }
}
