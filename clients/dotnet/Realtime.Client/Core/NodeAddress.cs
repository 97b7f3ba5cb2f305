namespace Realtime.Client.Core;

/// <summary>Addresses of nodes: the application's own, and those that nodes and gateways name.</summary>
internal static class NodeAddress
{
    /// <summary>Where the WebSocket goes.</summary>
    public static Uri Endpoint(Uri url)
    {
        var builder = new UriBuilder(url)
        {
            Scheme = IsGuarded(url) ? "wss" : "ws",
            Port = url.Port,
            Fragment = "",
        };
        if (builder.Path is "" or "/")
        {
            builder.Path = "/v1/connect";
        }

        return builder.Uri;
    }

    /// <summary>
    /// Reads an address that was named to the client. Tokens go there as they go to its own, so a client that came over TLS follows to no other.
    /// </summary>
    /// <param name="text">Absolute, or relative to the one before.</param>
    public static bool TryFollow(Uri home, Uri relativeTo, string? text, out Uri url) =>
        Uri.TryCreate(relativeTo, text, out url!) && url.Scheme is "ws" or "wss" or "http" or "https" && (IsGuarded(url) || !IsGuarded(home));

    private static bool IsGuarded(Uri url) => url.Scheme is "https" or "wss";
}
