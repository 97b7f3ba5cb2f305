namespace Realtime.Cluster.Sharding.Core;

/// <summary>Bounds of what waits on one shard's route. Times in milliseconds.</summary>
/// <param name="Messages">Messages that may wait.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="WaitAtMost">How long a message waits for an owner that can be reached before it is refused.</param>
/// <param name="AnswerWithin">How long an answer is waited for. Longer than anybody above waits: this only bounds memory.</param>
/// <param name="Patience">How long a former owner is given to answer or return what it was sent.</param>
internal sealed record RouteLimits(
    int Messages = 16_384, long Bytes = 16 * 1024 * 1024, long WaitAtMost = 20_000, long AnswerWithin = 30_000, long Patience = 5000);
