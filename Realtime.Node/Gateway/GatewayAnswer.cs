namespace Realtime.Node.Gateway;

/// <summary>Where a client shall connect, and when: the body of <c>GET /v1/gateway</c> (protocol, §2).</summary>
/// <param name="Url">The whole address, path included.</param>
/// <param name="Ticket">For the query of that address; null where any node may get the handshake.</param>
/// <param name="NotBefore">Milliseconds to wait.</param>
/// <param name="Limits">As <c>welcome</c> has them on the node that answers; null: it has none.</param>
public sealed record GatewayAnswer(string Url, string? Ticket, int NotBefore, GatewayLimits? Limits);
