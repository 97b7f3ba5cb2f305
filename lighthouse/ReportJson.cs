using System.Text.Json.Serialization;

namespace Realtime.Lighthouse;

/// <summary>The wire form of the reports; what has no value is <c>null</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClusterReport))]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
