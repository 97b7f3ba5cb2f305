namespace Realtime.Messages.Operators;

/// <summary>The last actions of operators over all nodes that answered, newest first: <c>GET /operator/v1/audit</c>.</summary>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, IReadOnlyList<string> Unreachable);
