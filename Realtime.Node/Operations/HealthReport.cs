using System.Text.Json.Serialization;

namespace Realtime.Node.Operations;

/// <summary>The body of the health endpoints.</summary>
/// <param name="Status"><c>live</c>, <c>ready</c>, <c>serving</c> or <c>unready</c>.</param>
public sealed record HealthReport(string Status, string Node, IReadOnlyList<string> Reasons);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class HealthJson : JsonSerializerContext;
