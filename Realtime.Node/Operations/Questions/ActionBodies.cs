using System.Text.Json.Serialization;
using Realtime.Messages.Operators;

namespace Realtime.Node.Operations.Questions;

/// <summary>
/// How bodies of actions are read: strictly, where <see cref="OperatorJson"/> is lenient so that an older reader understands a newer node. A misspelt member that is
/// passed over would do something else than was asked for.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(NoBody))]
[JsonSerializable(typeof(OperatorActions.Evict))]
[JsonSerializable(typeof(OperatorActions.MoveShard))]
[JsonSerializable(typeof(OperatorActions.Pause))]
[JsonSerializable(typeof(OperatorActions.Disconnect))]
[JsonSerializable(typeof(OperatorActions.Revoke))]
[JsonSerializable(typeof(OperatorActions.DeadEvents))]
[JsonSerializable(typeof(OperatorActions.Publish))]
[JsonSerializable(typeof(OperatorActions.SetLogLevel))]
internal sealed partial class ActionBodies : JsonSerializerContext;
