namespace Realtime.Node.Auth;

/// <summary>What a token must say beside being signed.</summary>
public sealed record TokenRules
{
    /// <summary>What <c>iss</c> must be; null: not checked.</summary>
    public string? Issuer { get; init; }

    /// <summary>What <c>aud</c> must be or contain; null: not checked.</summary>
    public string? Audience { get; init; }

    /// <summary>How long a token counts after its <c>exp</c>.</summary>
    public TimeSpan Leeway { get; init; }

    /// <summary>Whether a token without <c>exp</c> is refused.</summary>
    public bool RequireExpiry { get; init; }
}
