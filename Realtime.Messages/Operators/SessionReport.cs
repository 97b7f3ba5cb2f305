namespace Realtime.Messages.Operators;

/// <summary>One session, whole: <c>GET /operator/v1/sessions/{id}</c>.</summary>
/// <param name="Attachment">The newest, as <c>ATTEMPT.ORDINAL</c>: which hello of the client by its own count, and which connection that came with it. Null when there has been none in this life.</param>
/// <param name="Expires">When it is forgotten unless its client comes back; null while attached.</param>
/// <param name="StateKeys">Names of what the application keeps in it, without values.</param>
/// <param name="History">The last things that happened to it, oldest first; begins when the session was loaded.</param>
public sealed record SessionReport(
    SessionSummary Session,
    int Shard,
    string? Attachment,
    string? Connection,
    DateTimeOffset? Expires,
    IReadOnlyList<string> StateKeys,
    IReadOnlyList<SubscriptionReport> Subscriptions,
    IReadOnlyList<SessionEvent> History);
