namespace Realtime.Node.Operations.Listener;

/// <summary>Who asks, for the audit.</summary>
/// <param name="Who">Which key, and the person as far as the caller names one.</param>
/// <param name="From">Remote address.</param>
public sealed record OperatorCaller(string Who, string From, OperatorRight Right);
