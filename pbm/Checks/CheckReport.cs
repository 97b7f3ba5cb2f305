namespace Realtime.Pbm.Checks;

/// <summary>What <c>pbm config check --json</c> prints.</summary>
/// <param name="Checked">Nodes whose configuration was read.</param>
/// <param name="Unreachable">Nodes that could not be asked.</param>
internal sealed record CheckReport(IReadOnlyList<string> Checked, IReadOnlyList<string> Unreachable, IReadOnlyList<Finding> Findings);
