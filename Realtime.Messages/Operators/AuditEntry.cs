namespace Realtime.Messages.Operators;

/// <summary>An action somebody asked for, done or not. Written to the log of the node that was asked, too.</summary>
/// <param name="Who">Name of the key, and of the person as far as the caller gave one (<c>X-Operator</c>).</param>
/// <param name="From">Remote address.</param>
/// <param name="Action">Verb and subject, such as <c>node.drain</c>.</param>
/// <param name="Outcome">HTTP status it was answered with.</param>
/// <param name="Detail">What was answered in words; null when it was done as asked.</param>
public sealed record AuditEntry(DateTimeOffset At, string Node, string Who, string From, string Action, string Target, int Outcome, string? Detail);
