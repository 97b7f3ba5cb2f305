using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Realtime.Messages.Ids;
using Realtime.Node.Events;

namespace Realtime.Node.Application.Handlers;

/// <summary>The handlers of the application, bound to its services. Of several patterns that match the first one counts, in the order of registration.</summary>
internal sealed class HandlerTable
{
    private readonly ImmutableArray<(ChannelPattern Pattern, HandlerRun Run)> _subscribes;
    private readonly ImmutableArray<(ChannelPattern Pattern, HandlerRun Run)> _publishes;
    private readonly FrozenDictionary<EventKind, ImmutableArray<(ChannelPattern Pattern, HandlerRun Run)>> _events;
    private readonly FrozenDictionary<string, HandlerRun> _calls;

    /// <exception cref="ArgumentException">A handler cannot be bound, or a method has two.</exception>
    public HandlerTable(HandlerPlan plan, HandlerHost host, IServiceProviderIsService services)
    {
        var bound = plan.Entries.ConvertAll(entry => (entry.Kind, entry.Key, Run: new HandlerRun(Bind(entry, services), entry.Limits, host)));
        Connect = bound.Find(entry => entry.Kind is HandlerKind.Connect).Run;
        _subscribes = ByPattern(HandlerKind.Subscribe);
        _publishes = ByPattern(HandlerKind.Publish);
        _events = Enum.GetValues<EventKind>().ToFrozenDictionary(kind => kind, kind => ByPattern(KindOf(kind)));
        var calls = bound.FindAll(entry => entry.Kind is HandlerKind.Call);
        if (calls.GroupBy(entry => entry.Key, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Method '{twice.Key}' has two handlers.");
        }

        _calls = calls.ToFrozenDictionary(entry => entry.Key, entry => entry.Run, StringComparer.Ordinal);

        ImmutableArray<(ChannelPattern, HandlerRun)> ByPattern(HandlerKind kind) =>
            [.. bound.Where(entry => entry.Kind == kind).Select(entry => (ChannelPattern.Parse(entry.Key), entry.Run))];
    }

    /// <summary>Null: there is none.</summary>
    public HandlerRun? Connect { get; }

    public HandlerRun? OfSubscribe(ChannelName channel) => Find(_subscribes, channel);

    public HandlerRun? OfPublish(ChannelName channel) => Find(_publishes, channel);

    /// <param name="channel">Null: an event of a session.</param>
    public HandlerRun? OfEvent(EventKind kind, ChannelName? channel) =>
        channel is { } named ? Find(_events[kind], named) : _events[kind] is [var first, ..] ? first.Run : null;

    public bool TryFindCall(string method, [NotNullWhen(true)] out HandlerRun? run) => _calls.TryGetValue(method, out run);

    private static HandlerRun? Find(ImmutableArray<(ChannelPattern Pattern, HandlerRun Run)> handlers, ChannelName channel)
    {
        foreach (var (pattern, run) in handlers)
        {
            if (pattern.Matches(channel))
            {
                return run;
            }
        }

        return null;
    }

    private static HandlerKind KindOf(EventKind kind) => kind switch
    {
        EventKind.SessionOpened => HandlerKind.SessionOpened,
        EventKind.SessionClosed => HandlerKind.SessionClosed,
        EventKind.ChannelOccupied => HandlerKind.ChannelOccupied,
        EventKind.ChannelVacated => HandlerKind.ChannelVacated,
        EventKind.MemberJoined => HandlerKind.MemberJoined,
        EventKind.MemberChanged => HandlerKind.MemberChanged,
        EventKind.MemberLeft => HandlerKind.MemberLeft,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "has no handlers"),
    };

    private static BoundHandler Bind(HandlerPlan.Entry entry, IServiceProviderIsService services)
    {
        var (context, hasBody) = entry.Kind switch
        {
            HandlerKind.Connect => (typeof(ConnectContext), true),
            HandlerKind.Subscribe => (typeof(SubscribeContext), false),
            HandlerKind.Publish => (typeof(PublishContext), true),
            HandlerKind.Call => (typeof(CallContext), true),
            HandlerKind.SessionOpened or HandlerKind.SessionClosed => (typeof(SessionContext), false),
            HandlerKind.ChannelOccupied or HandlerKind.ChannelVacated => (typeof(ChannelContext), false),
            _ => (typeof(MemberContext), true),
        };
        return HandlerBinder.Bind(entry.Method, entry.Owner, context, hasBody, services);
    }
}
