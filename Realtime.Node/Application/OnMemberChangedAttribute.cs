namespace Realtime.Node.Application;

/// <summary>The method learns that a present session says something else of itself.</summary>
/// <param name="channels">The name of a channel, or the beginning of names and <c>*</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnMemberChangedAttribute(string channels) : Attribute
{
    public string Channels => channels;
}
