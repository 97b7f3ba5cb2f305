namespace Realtime.Node.Application;

/// <summary>The method learns that a session is present on a channel.</summary>
/// <param name="channels">The name of a channel, or the beginning of names and <c>*</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnMemberJoinedAttribute(string channels) : Attribute
{
    public string Channels => channels;
}
