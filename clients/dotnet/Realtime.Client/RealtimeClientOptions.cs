using System.Text.Json;

namespace Realtime.Client;

/// <summary>How a <see cref="RealtimeClient"/> connects and what it keeps.</summary>
public sealed record RealtimeClientOptions
{
    /// <summary>
    /// The node or the load balancer before the nodes: <c>http(s)</c> or <c>ws(s)</c>. Without a path,
    /// <c>/v1/connect</c> is meant. While it gives no answer the client also tries the nodes that it was told of; with <c>https</c> or
    /// <c>wss</c> here only those with TLS.
    /// </summary>
    public required Uri Url { get; init; }

    /// <summary>
    /// Asked before each connection where to connect, and when: <c>http(s)</c>. Without a path, <c>/v1/gateway</c> is meant. When it cannot
    /// be asked, or what it names does not work, the client connects to <see cref="Url"/>. Null: always to <see cref="Url"/>.
    /// </summary>
    public Uri? Gateway { get; init; }

    /// <summary>The application's token. Null and no <see cref="TokenProvider"/>: an anonymous session.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// Fetches a token: before the first connection when <see cref="Token"/> is null, and again whenever the server says
    /// <c>token_expired</c> or <c>unauthorized</c>. Null as an answer means none. A failure is tried again at the pace of
    /// reconnects, unless it is a <see cref="RealtimeException"/> that is not temporary: that one closes the client.
    /// </summary>
    public Func<CancellationToken, Task<string?>>? TokenProvider { get; init; }

    /// <summary>Goes on as the session of an earlier client (<see cref="RealtimeClient.Export"/>).</summary>
    public ClientMemory? Memory { get; init; }

    /// <summary>Anything the application's connect handler wants to know; sent with each <c>hello</c>.</summary>
    public JsonElement? HelloData { get; init; }

    /// <summary>
    /// Default true: each answer to a server's ping tells it what the application has read, so that a session resumed
    /// without memory goes on there. False: only <see cref="RealtimeClient.AckAsync"/> does.
    /// </summary>
    public bool AutoAck { get; init; } = true;

    /// <summary>How long opening a link, and then its <c>welcome</c>, may take each. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long <see cref="RealtimeClient.ConnectAsync(CancellationToken)"/> tries at most, over all attempts. Null, the default: for ever.</summary>
    public TimeSpan? ConnectDeadline { get; init; }

    /// <summary>Most requests waiting for an answer or for a connection; more are refused (<c>queue_full</c>). Default 10,000.</summary>
    public int QueueLimit { get; init; } = 10_000;

    /// <summary>
    /// Most events kept for a subscription that is read too slowly. Beyond it the client stops taking the channel's
    /// messages, without moving its position, and has them replayed by the server once the reader has caught up; where the
    /// channel keeps no log they are lost, and a gap <c>lagged</c> says so. Default 10,000.
    /// </summary>
    public int ReadAhead { get; init; } = 10_000;

    /// <summary>Sent as the client's name. Default <c>Realtime.Client</c>.</summary>
    public string ClientName { get; init; } = "Realtime.Client";

    /// <summary>Where time comes from. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the jitter of reconnects comes from; used by one thread at a time. Default a new one.</summary>
    public Random? Random { get; init; }

    /// <summary>How links are opened. Default WebSocket.</summary>
    public ILinkConnector? Connector { get; init; }
}
