using Realtime.Messages.Ids;

namespace Realtime.Node.Operations.Questions;

/// <summary>What the nodes of the view answered to one question.</summary>
/// <param name="Unreachable">Those that did not, in time or at all.</param>
internal sealed record Gathered<T>(IReadOnlyList<(NodeId Node, T Answer)> Answers, IReadOnlyList<string> Unreachable);
