namespace Realtime.Client.Links;

/// <summary>Puts together how a client opens its links.</summary>
internal static class Connectors
{
    /// <summary>One for all clients of the process: each has connections of its own to keep.</summary>
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), UseCookies = false });

    /// <param name="session">The resume token, once there is one.</param>
    public static ILinkConnector Of(RealtimeClientOptions options, Func<string?> session)
    {
        // A connector of the application's own is given the addresses as they are.
        var links = options.Connector ?? new ReturningConnector(new WebSocketConnector(options.TimeProvider), session);
        return options.Gateway is { } gateway ? new GatewayConnector(links, options.Url, gateway, Http, options.TimeProvider, session) : links;
    }
}
