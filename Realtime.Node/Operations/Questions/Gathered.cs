using Realtime.Messages.Ids;

namespace Realtime.Node.Operations.Questions;

/// <summary>What the nodes of the cluster answered to one question.</summary>
/// <param name="Unreachable">Those that did not, in time or at all.</param>
internal sealed record Gathered<T>(IReadOnlyList<(NodeId Node, T Answer)> Answers, IReadOnlyList<string> Unreachable)
{
    /// <summary>Nodes of which something is missing: they did not answer, or not all of their entities have.</summary>
    /// <param name="said">What an answer itself says of it.</param>
    public IReadOnlyList<string> Missing(Func<T, IReadOnlyList<string>> said) =>
        [.. Answers.SelectMany(answer => said(answer.Answer)).Concat(Unreachable).Distinct().Order(StringComparer.Ordinal)];
}
