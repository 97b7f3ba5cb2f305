namespace Realtime.Node.Application;

/// <summary>The method decides who may subscribe.</summary>
/// <param name="channels">The name of a channel, or the beginning of names and <c>*</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnSubscribeAttribute(string channels) : Attribute
{
    public string Channels => channels;
}
