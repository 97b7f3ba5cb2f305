namespace Realtime.Node.Operations.Questions;

/// <summary>The body of actions that need none: absent, or an empty object.</summary>
internal sealed record NoBody;
