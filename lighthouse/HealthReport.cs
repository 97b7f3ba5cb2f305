namespace Realtime.Lighthouse;

/// <summary>The body of the health endpoints.</summary>
/// <param name="Status"><c>live</c>, <c>ready</c> or <c>unready</c>.</param>
internal sealed record HealthReport(string Status, IReadOnlyList<string> Reasons);
