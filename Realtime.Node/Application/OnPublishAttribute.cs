namespace Realtime.Node.Application;

/// <summary>The method decides about messages of clients, and may change them.</summary>
/// <param name="channels">The name of a channel, or the beginning of names and <c>*</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnPublishAttribute(string channels) : Attribute
{
    public string Channels => channels;
}
