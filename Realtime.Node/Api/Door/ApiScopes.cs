namespace Realtime.Node.Api.Door;

/// <summary>What a key may do. Options name them in lower case.</summary>
[Flags]
public enum ApiScopes
{
    None = 0,

    /// <summary>Publish to channels, users and sessions.</summary>
    Publish = 1,

    /// <summary>Subscribe sessions and users to channels, and take that back.</summary>
    Subscribe = 2,

    /// <summary>Close connections.</summary>
    Disconnect = 4,

    /// <summary>See channels, their messages, who is present, and sessions.</summary>
    Read = 8,

    /// <summary>Take tokens and sessions back for good.</summary>
    Revoke = 16,

    All = Publish | Subscribe | Disconnect | Read | Revoke,
}
