namespace Realtime.Client.Protocol;

/// <summary>How a subscription stands: an entry of <c>welcome.subscriptions</c>, or the reply to <c>subscribe</c>.</summary>
internal sealed record Standing(string Channel, Position? Position, Position? Head, bool? Recovered, Hole? Gap, bool Already, PresenceInfo? Presence);
