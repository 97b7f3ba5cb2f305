namespace Realtime.Messages.Operators;

/// <summary>A session's place in a channel.</summary>
/// <param name="Position">Where it stands, as <c>epoch:offset</c>; null on channels without a log. What a client acknowledged last, unless it is live.</param>
/// <param name="Head">Where the channel stands; null when the channel did not say.</param>
/// <param name="Lag">Messages between the two; null when that cannot be known.</param>
/// <param name="Mode"><c>live</c>, <c>catching-up</c>, or <c>stored</c> while no connection stands for the session, or where its feed did not say.</param>
public sealed record SubscriptionReport(string Channel, string? Position, string? Head, long? Lag, string Mode, bool Present);
