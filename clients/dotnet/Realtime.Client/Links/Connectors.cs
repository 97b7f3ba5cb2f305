namespace Realtime.Client.Links;

/// <summary>Puts together how a client opens its links.</summary>
internal static class Connectors
{
    /// <summary>One for all clients of the process: each has connections of its own to keep.</summary>
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), UseCookies = false });

    /// <param name="session">The resume token, once there is one.</param>
    public static ILinkConnector Of(RealtimeClientOptions options, Func<string?> session) =>
        // A connector of the application's own is given the addresses as they are.
        options.Connector ?? new ReturningConnector(new WebSocketConnector(options.TimeProvider), session);

    /// <returns>Null: there is none.</returns>
    public static GatewayClient? GatewayOf(RealtimeClientOptions options, Func<string?> session) =>
        options.Gateway is { } gateway ? new GatewayClient(options.Url, gateway, Http, options.TimeProvider, session) : null;
}
