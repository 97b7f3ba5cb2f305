namespace Realtime.Node.Operations.Answers;

/// <summary>How far a session's connection is in its channels: asked of the node that holds it.</summary>
/// <param name="Found">False: no connection of that node stands for the session.</param>
internal sealed record ConnectionPart(bool Found, string? Connection, IReadOnlyList<ConnectionPart.Place> Places)
{
    /// <param name="Mode">As in <see cref="Realtime.Messages.Operators.SubscriptionReport.Mode"/>.</param>
    internal sealed record Place(string Channel, string? Position, string Mode);
}
