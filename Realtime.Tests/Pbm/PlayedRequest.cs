namespace Realtime.Tests.Pbm;

/// <summary>What pbm asked a played API.</summary>
/// <param name="Target">Method and path under <c>/operator/v1</c> as it was sent, such as <c>GET nodes/node-1</c>.</param>
/// <param name="Query">With the question mark; empty without one.</param>
internal sealed record PlayedRequest(string Target, string Query, string? Authorization, string? Operator, string Body);
