using Realtime.Messages.Ids;
using Realtime.Node.Events;
using Realtime.Node.Webhooks.Http;

namespace Realtime.Node.Webhooks.Events;

/// <summary>Posts events to one endpoint.</summary>
internal sealed class WebhookTarget(WebhookEndpoint endpoint, WebhookClient client, EndpointTrouble trouble) : IEventTarget, IEventInterest
{
    private const int Gone = 410;
    private const int Unprocessable = 422;

    public string Name => endpoint.Name;

    public bool WantsSessions => endpoint.Has(WebhookHooks.Sessions);

    public bool WantsOccupancy(ChannelName channel) => endpoint.Has(WebhookHooks.Occupancy) && endpoint.Covers(channel);

    public bool WantsMembers(ChannelName channel) => endpoint.Has(WebhookHooks.Members) && endpoint.Covers(channel);

    public bool Wants(ApplicationEvent happened) => happened.Kind switch
    {
        EventKind.SessionOpened or EventKind.SessionClosed => WantsSessions,
        EventKind.ChannelOccupied or EventKind.ChannelVacated => happened.Channel is { } channel && WantsOccupancy(channel),
        _ => happened.Channel is { } channel && WantsMembers(channel),
    };

    public async Task<EventOutcome> DeliverAsync(ApplicationEvent happened, CancellationToken cancellation)
    {
        var answer = await client.PostAsync(new WebhookRequest(EventBody.Hook, happened.Id, EventBody.Write(happened), happened.Id), cancellation).ConfigureAwait(false);
        if (answer is not WebhookAnswer.Failed failed)
        {
            trouble.Over(EventBody.Hook);
            return EventOutcome.Done;
        }

        if (failed is { Failure: WebhookFailure.Breaker })
        {
            return new EventOutcome.Held(failed.Why, failed.RetryAfter ?? WebhookPipeline.Pause);
        }

        trouble.Failed(EventBody.Hook, failed.Why, isAllowed: false);

        // The two statuses with which an application says that it will never take it.
        return failed.Status is Gone or Unprocessable ? new EventOutcome.Refused(failed.Why) : new EventOutcome.Failed(failed.Why, failed.RetryAfter);
    }
}
