using System.Text.Json.Serialization;

namespace Realtime.Messages.Operators;

/// <summary>How the operator API is written down; for the node, its dashboard's tests and <c>pbm</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = false,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ClusterStatus))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(ShardMapReport))]
[JsonSerializable(typeof(ShardStatus))]
[JsonSerializable(typeof(ShardMove[]))]
[JsonSerializable(typeof(ShardPage))]
[JsonSerializable(typeof(ShardLocation))]
[JsonSerializable(typeof(SessionPage))]
[JsonSerializable(typeof(SessionReport))]
[JsonSerializable(typeof(ChannelPage))]
[JsonSerializable(typeof(ChannelReport))]
[JsonSerializable(typeof(ChannelMessages))]
[JsonSerializable(typeof(ScheduleReport))]
[JsonSerializable(typeof(SchedulePage))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(EventPage))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(ActionResult))]
[JsonSerializable(typeof(WebhookPage))]
[JsonSerializable(typeof(DeadEventPage))]
[JsonSerializable(typeof(OperatorError))]
[JsonSerializable(typeof(ConfigurationReport))]
[JsonSerializable(typeof(OperatorActions.Evict))]
[JsonSerializable(typeof(OperatorActions.MoveShard))]
[JsonSerializable(typeof(OperatorActions.Pause))]
[JsonSerializable(typeof(OperatorActions.Disconnect))]
[JsonSerializable(typeof(OperatorActions.Revoke))]
[JsonSerializable(typeof(OperatorActions.DeadEvents))]
[JsonSerializable(typeof(OperatorActions.Publish))]
[JsonSerializable(typeof(OperatorActions.Published))]
[JsonSerializable(typeof(OperatorActions.Scheduled))]
[JsonSerializable(typeof(OperatorActions.Cancelled))]
[JsonSerializable(typeof(OperatorActions.SetLogLevel))]
public sealed partial class OperatorJson : JsonSerializerContext;
