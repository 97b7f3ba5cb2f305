namespace Realtime.Node.Application;

/// <summary>The method learns that a channel has no subscriber any more.</summary>
/// <param name="channels">The name of a channel, or the beginning of names and <c>*</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnChannelVacatedAttribute(string channels) : Attribute
{
    public string Channels => channels;
}
