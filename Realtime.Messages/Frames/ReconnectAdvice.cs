namespace Realtime.Messages.Frames;

/// <summary>When to come back after a <c>goodbye</c>: at a random moment between the two, milliseconds. No advice means never.</summary>
public sealed record ReconnectAdvice(int After, int Within);
