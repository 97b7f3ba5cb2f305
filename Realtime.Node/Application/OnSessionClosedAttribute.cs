namespace Realtime.Node.Application;

/// <summary>The method learns that a session is over.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnSessionClosedAttribute : Attribute;
