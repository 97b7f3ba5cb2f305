using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Messages.Ids;
using Realtime.Node.Application.Handlers;
using Realtime.Node.Events;

namespace Realtime.Node.Application;

/// <summary>
/// What the application's own code takes part in. A handler is any method: of its parameters one may be the context, one the cancellation, one the data as the type it wants, the rest services of the container.
/// It may return a value, a task or nothing. Handlers decide about clients only, not about what the application itself publishes.
/// </summary>
public sealed class RealtimeBuilder
{
    /// <summary>The pattern of what is of no channel.</summary>
    private const string Everything = "*";

    private readonly HandlerPlan _plan;

    internal RealtimeBuilder(IServiceCollection services, HandlerPlan plan) => (Services, _plan) = (services, plan);

    public IServiceCollection Services { get; }

    /// <summary>Who may come in, and as whom. Runs with every hello, also of a client that comes back. Only the first one registered counts.</summary>
    /// <param name="handler">Takes a <see cref="ConnectContext"/>; returns nothing, or a <see cref="Decision"/>.</param>
    public RealtimeBuilder OnConnect(Delegate handler, HandlerLimits? limits = null) => Add(HandlerKind.Connect, "", handler, limits);

    /// <summary>Who may subscribe, beyond the rules of the namespace. Runs again when a session comes back with its subscriptions.</summary>
    /// <param name="channels">The name of a channel, or the beginning of names and <c>*</c>. Of several that match the first one registered counts.</param>
    /// <param name="handler">Takes a <see cref="SubscribeContext"/>; returns nothing, or a <see cref="Decision"/>.</param>
    public RealtimeBuilder OnSubscribe(string channels, Delegate handler, HandlerLimits? limits = null) => Add(HandlerKind.Subscribe, channels, handler, limits);

    /// <summary>Which messages of clients are published, and as what. One connection's messages on one channel come one after the other, in their order.</summary>
    /// <param name="channels">The name of a channel, or the beginning of names and <c>*</c>. Of several that match the first one registered counts.</param>
    /// <param name="handler">Takes a <see cref="PublishContext"/> or the message as the type it wants; returns nothing, or a <see cref="Decision"/>.</param>
    public RealtimeBuilder OnPublish(string channels, Delegate handler, HandlerLimits? limits = null) => Add(HandlerKind.Publish, channels, handler, limits);

    /// <summary>Answers calls of clients.</summary>
    /// <param name="handler">Takes a <see cref="CallContext"/> or the data as the type it wants; what it returns is the reply, written as JSON.</param>
    public RealtimeBuilder OnCall(string method, Delegate handler, HandlerLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        return Add(HandlerKind.Call, method, handler, limits);
    }

    /// <summary>A session has begun: a client came that did not come back. Only the first one registered counts. Told at least once, in its order: again until the handler returns.</summary>
    /// <param name="handler">Takes a <see cref="SessionContext"/>. A <see cref="RefusedException"/> gives the event up, anything else that it throws is tried again.</param>
    public RealtimeBuilder OnSessionOpened(Delegate handler, HandlerLimits? limits = null) => Add(HandlerKind.SessionOpened, Everything, handler, limits);

    /// <summary>A session is over and cannot be resumed. Only the first one registered counts. Told at least once, in its order: again until the handler returns.</summary>
    /// <param name="handler">Takes a <see cref="SessionContext"/>. A <see cref="RefusedException"/> gives the event up, anything else that it throws is tried again.</param>
    public RealtimeBuilder OnSessionClosed(Delegate handler, HandlerLimits? limits = null) => Add(HandlerKind.SessionClosed, Everything, handler, limits);

    /// <summary>A channel has its first subscriber, in the whole cluster. Told at least once, in its order: again until the handler returns.</summary>
    /// <param name="channels">The name of a channel, or the beginning of names and <c>*</c>. Of several that match the first one registered counts.</param>
    /// <param name="handler">Takes a <see cref="ChannelContext"/>. A <see cref="RefusedException"/> gives the event up, anything else that it throws is tried again.</param>
    public RealtimeBuilder OnChannelOccupied(string channels, Delegate handler, HandlerLimits? limits = null) => Add(HandlerKind.ChannelOccupied, channels, handler, limits);

    /// <summary>A channel has had no subscriber for the sessions' grace time. Told at least once, in its order: again until the handler returns.</summary>
    /// <param name="channels">The name of a channel, or the beginning of names and <c>*</c>. Of several that match the first one registered counts.</param>
    /// <param name="handler">Takes a <see cref="ChannelContext"/>. A <see cref="RefusedException"/> gives the event up, anything else that it throws is tried again.</param>
    public RealtimeBuilder OnChannelVacated(string channels, Delegate handler, HandlerLimits? limits = null) => Add(HandlerKind.ChannelVacated, channels, handler, limits);

    /// <summary>A session is present on a channel. Told at least once, in its order: again until the handler returns.</summary>
    /// <param name="channels">The name of a channel, or the beginning of names and <c>*</c>. Of several that match the first one registered counts.</param>
    /// <param name="handler">Takes a <see cref="MemberContext"/> or the data as the type it wants. A <see cref="RefusedException"/> gives the event up, anything else that it throws is tried again.</param>
    public RealtimeBuilder OnMemberJoined(string channels, Delegate handler, HandlerLimits? limits = null) => Add(HandlerKind.MemberJoined, channels, handler, limits);

    /// <summary>A present session says something else of itself. Told at least once, in its order: again until the handler returns.</summary>
    /// <param name="channels">The name of a channel, or the beginning of names and <c>*</c>. Of several that match the first one registered counts.</param>
    /// <param name="handler">Takes a <see cref="MemberContext"/> or the data as the type it wants. A <see cref="RefusedException"/> gives the event up, anything else that it throws is tried again.</param>
    public RealtimeBuilder OnMemberChanged(string channels, Delegate handler, HandlerLimits? limits = null) => Add(HandlerKind.MemberChanged, channels, handler, limits);

    /// <summary>A session is not present on a channel any more. Told at least once, in its order: again until the handler returns.</summary>
    /// <param name="channels">The name of a channel, or the beginning of names and <c>*</c>. Of several that match the first one registered counts.</param>
    /// <param name="handler">Takes a <see cref="MemberContext"/> or the data as the type it wants. A <see cref="RefusedException"/> gives the event up, anything else that it throws is tried again.</param>
    public RealtimeBuilder OnMemberLeft(string channels, Delegate handler, HandlerLimits? limits = null) => Add(HandlerKind.MemberLeft, channels, handler, limits);

    /// <summary>Takes the methods of a class that bear <see cref="OnConnectAttribute"/>, <see cref="OnSubscribeAttribute"/>, <see cref="OnPublishAttribute"/>, <see cref="OnCallAttribute"/> or an attribute of an event, such as <see cref="OnMemberJoinedAttribute"/>.</summary>
    /// <typeparam name="T">Made by the container for each run, unless the application has registered it otherwise.</typeparam>
    /// <exception cref="ArgumentException">No method bears one.</exception>
    public RealtimeBuilder AddHandler<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicMethods)] T>(HandlerLimits? limits = null)
        where T : class
    {
        var before = _plan.Entries.Count;
        foreach (var method in typeof(T).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
        {
            foreach (var attribute in method.GetCustomAttributes())
            {
                if (KeyOf(attribute) is var (kind, key))
                {
                    Add(kind, key, method, null, limits);
                }
            }
        }

        if (_plan.Entries.Count == before)
        {
            throw new ArgumentException($"{typeof(T).Name} has no public method with [OnConnect], [OnSubscribe], [OnPublish], [OnCall] or an attribute of an event.");
        }

        Services.TryAddScoped<T>();
        return this;
    }

    private static (HandlerKind Kind, string Key)? KeyOf(Attribute attribute) => attribute switch
    {
        OnConnectAttribute => (HandlerKind.Connect, ""),
        OnSubscribeAttribute subscribe => (HandlerKind.Subscribe, subscribe.Channels),
        OnPublishAttribute publish => (HandlerKind.Publish, publish.Channels),
        OnCallAttribute call => (HandlerKind.Call, call.Method),
        OnSessionOpenedAttribute => (HandlerKind.SessionOpened, Everything),
        OnSessionClosedAttribute => (HandlerKind.SessionClosed, Everything),
        OnChannelOccupiedAttribute occupied => (HandlerKind.ChannelOccupied, occupied.Channels),
        OnChannelVacatedAttribute vacated => (HandlerKind.ChannelVacated, vacated.Channels),
        OnMemberJoinedAttribute joined => (HandlerKind.MemberJoined, joined.Channels),
        OnMemberChangedAttribute changed => (HandlerKind.MemberChanged, changed.Channels),
        OnMemberLeftAttribute left => (HandlerKind.MemberLeft, left.Channels),
        _ => null,
    };

    private RealtimeBuilder Add(HandlerKind kind, string key, Delegate handler, HandlerLimits? limits)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(kind, key, handler.Method, handler.Target, limits);
    }

    private RealtimeBuilder Add(HandlerKind kind, string key, MethodInfo method, object? owner, HandlerLimits? limits)
    {
        if (kind is not (HandlerKind.Connect or HandlerKind.Call))
        {
            _ = ChannelPattern.Parse(key);
        }

        if (kind is not (HandlerKind.Connect or HandlerKind.Call or HandlerKind.Subscribe or HandlerKind.Publish) && Services.All(service => service.ServiceType != typeof(HandlerTarget)))
        {
            Services.AddSingleton<HandlerTarget>();
            Services.AddSingleton<IEventTarget>(provider => provider.GetRequiredService<HandlerTarget>());
            Services.AddSingleton<IEventInterest>(provider => provider.GetRequiredService<HandlerTarget>());
        }

        _plan.Entries.Add(new HandlerPlan.Entry(kind, key, method, owner, limits ?? new HandlerLimits()));
        return this;
    }
}
