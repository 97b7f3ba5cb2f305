using System.Text.Json;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Events;

namespace Realtime.Node.Application.Handlers;

/// <summary>Brings events to the application's handlers in this process. All nodes of a cluster run the same application, so whichever delivers an event, its handler is there.</summary>
internal sealed class HandlerTarget(HandlerTable handlers) : IEventTarget, IEventInterest
{
    public string Name => "handlers";

    public bool WantsSessions => handlers.OfEvent(EventKind.SessionOpened, null) is not null || handlers.OfEvent(EventKind.SessionClosed, null) is not null;

    public bool WantsOccupancy(ChannelName channel) =>
        handlers.OfEvent(EventKind.ChannelOccupied, channel) is not null || handlers.OfEvent(EventKind.ChannelVacated, channel) is not null;

    public bool WantsMembers(ChannelName channel) => handlers.OfEvent(EventKind.MemberJoined, channel) is not null
        || handlers.OfEvent(EventKind.MemberChanged, channel) is not null || handlers.OfEvent(EventKind.MemberLeft, channel) is not null;

    public bool Wants(ApplicationEvent happened) => handlers.OfEvent(happened.Kind, happened.Channel) is not null;

    public Task<EventOutcome> DeliverAsync(ApplicationEvent happened, CancellationToken cancellation)
    {
        if (handlers.OfEvent(happened.Kind, happened.Channel) is not { } run)
        {
            return Task.FromResult(EventOutcome.Done);
        }

        var data = happened.Data is { IsBinary: false } text ? JsonElement.Parse(text.Bytes.Span) : (JsonElement?)null;
        return run.RunAsync(ContextOf(happened, data), data, OutcomeEnds.Instance, cancellation);
    }

    private static object ContextOf(ApplicationEvent happened, JsonElement? data)
    {
        var (id, at, session, user) = (happened.Id, DateTimeOffset.FromUnixTimeMilliseconds(happened.At), happened.Session.ToString(), happened.User?.Value);
        return happened switch
        {
            { Kind: EventKind.SessionOpened or EventKind.SessionClosed } => new SessionContext(happened.Kind, id, at, session, user, happened.Reason),
            { Kind: EventKind.ChannelOccupied or EventKind.ChannelVacated, Channel: { } channel } => new ChannelContext(happened.Kind, id, at, channel.Value),
            { Channel: { } channel } => new MemberContext(
                happened.Kind, id, at, channel.Value, session, user, data, happened.Data is { IsBinary: true } binary ? binary.Bytes : (ReadOnlyMemory<byte>?)null),
            _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.Kind, "has no handlers"),
        };
    }
}
