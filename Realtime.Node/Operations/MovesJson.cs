using System.Text.Json.Serialization;
using Realtime.Node.Connections;

namespace Realtime.Node.Operations;

/// <summary>The body of <c>/health/moves</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(MoveSnapshot))]
internal sealed partial class MovesJson : JsonSerializerContext;
