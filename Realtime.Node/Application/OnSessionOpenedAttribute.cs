namespace Realtime.Node.Application;

/// <summary>The method learns that a session has begun.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnSessionOpenedAttribute : Attribute;
