namespace Realtime.Messages.Operators;

/// <summary>What became of an action.</summary>
/// <param name="Done">False: begun, and going on (a drain takes its time).</param>
/// <param name="Nodes">For an action on several nodes, what became of it on each.</param>
public sealed record ActionResult(bool Done, string Text, IReadOnlyList<ActionResult.OnNode> Nodes)
{
    public sealed record OnNode(string Node, bool Ok, string? Text);
}
