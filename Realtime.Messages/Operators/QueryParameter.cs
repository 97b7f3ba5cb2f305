namespace Realtime.Messages.Operators;

/// <summary>A parameter behind the question mark, decoded.</summary>
public sealed record QueryParameter(string Name, string Value);
