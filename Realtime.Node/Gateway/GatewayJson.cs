using System.Text.Json.Serialization;

namespace Realtime.Node.Gateway;

/// <summary>The wire form of <see cref="GatewayAnswer"/>; what has no value is left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GatewayAnswer))]
public sealed partial class GatewayJson : JsonSerializerContext;
