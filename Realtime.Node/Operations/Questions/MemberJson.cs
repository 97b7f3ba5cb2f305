using System.Text.Json.Serialization;
using Realtime.Node.Operations.Answers;

namespace Realtime.Node.Operations.Questions;

/// <summary>What only members of the cluster ask each other. Unknown members are ignored: nodes of two versions work together while they are replaced.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NodePart))]
[JsonSerializable(typeof(EntityCounts))]
[JsonSerializable(typeof(ConnectionPart))]
[JsonSerializable(typeof(Realtime.Messages.Operators.ChannelSubscribers))]
internal sealed partial class MemberJson : JsonSerializerContext;
