namespace Realtime.Node.Application;

/// <summary>The method decides who may come in.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnConnectAttribute : Attribute;
