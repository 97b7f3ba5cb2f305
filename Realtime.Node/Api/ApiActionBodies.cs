using System.Text.Json.Serialization;
using Realtime.Messages.Operators;

namespace Realtime.Node.Api;

/// <summary>How bodies of actions are read: strictly.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(OperatorActions.Disconnect))]
[JsonSerializable(typeof(ActionEndpoints.Revocation))]
[JsonSerializable(typeof(SubscribeBody))]
internal sealed partial class ApiActionBodies : JsonSerializerContext;
