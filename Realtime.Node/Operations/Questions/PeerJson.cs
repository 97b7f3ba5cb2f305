using System.Text.Json.Serialization;
using Realtime.Node.Operations.Answers;

namespace Realtime.Node.Operations.Questions;

/// <summary>What nodes ask and tell each other for their operators. Members nobody knows are passed over: nodes of two versions work together while they are replaced.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PeerQuestion))]
[JsonSerializable(typeof(NodePart))]
[JsonSerializable(typeof(ShardPart))]
[JsonSerializable(typeof(ConnectionPart))]
[JsonSerializable(typeof(Realtime.Messages.Operators.ChannelSubscribers))]
internal sealed partial class PeerJson : JsonSerializerContext;
