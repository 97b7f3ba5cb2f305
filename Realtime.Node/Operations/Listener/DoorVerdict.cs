namespace Realtime.Node.Operations.Listener;

/// <summary>What the door makes of a request.</summary>
/// <param name="Refusal">Null: it may pass.</param>
/// <param name="RetryAfter">Seconds after which to come again; 0: nothing to wait for.</param>
public sealed record DoorVerdict(OperatorCaller Caller, OperatorReply? Refusal, int RetryAfter = 0);
