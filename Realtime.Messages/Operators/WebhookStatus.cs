namespace Realtime.Messages.Operators;

/// <summary>How events come to one of those who take them: an endpoint of the application, or <c>handlers</c>, its own code in the nodes.</summary>
/// <param name="Delivered">Since the nodes started.</param>
/// <param name="Failed">Tries that failed, since the nodes started.</param>
/// <param name="Dead">Events that were given up, since the nodes started.</param>
/// <param name="Waiting">Events that are read and not settled.</param>
/// <param name="LagMilliseconds">Age of the oldest of these.</param>
public sealed record WebhookStatus(string Target, long Delivered, long Failed, long Dead, int Waiting, long LagMilliseconds);
