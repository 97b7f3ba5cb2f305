using System.Reflection;

namespace Realtime.Node.Application.Handlers;

/// <summary>What the application has registered, before there is a container to bind it to.</summary>
internal sealed class HandlerPlan
{
    public List<Entry> Entries { get; } = [];

    /// <param name="Key">The pattern of channels or the method's name; empty for connects.</param>
    /// <param name="Owner">Null: an instance of the method's class comes from the container.</param>
    internal sealed record Entry(HandlerKind Kind, string Key, MethodInfo Method, object? Owner, HandlerLimits Limits);
}
