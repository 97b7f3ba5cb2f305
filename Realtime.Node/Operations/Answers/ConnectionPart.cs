namespace Realtime.Node.Operations.Answers;

/// <summary>How far a session's connection is in its channels, as the node that has the connection says.</summary>
internal sealed record ConnectionPart(IReadOnlyList<ConnectionPart.Place> Places)
{
    internal sealed record Place(string Channel, string? Position, bool IsBehind);
}
