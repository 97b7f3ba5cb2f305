namespace Realtime.Node.Application;

/// <summary>The method answers calls of clients.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnCallAttribute(string method) : Attribute
{
    public string Method => method;
}
