using Realtime.Node.Asking;
using Realtime.Node.Events;
using Realtime.Node.Outboxes;
using Realtime.Node.Outboxes.Logs;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Webhooks;
using Realtime.Node.Webhooks.Events;

namespace Realtime.Node.Hosting;

/// <summary>Puts together who takes events and what brings them.</summary>
internal static class EventSetup
{
    public static void AddEvents(this IServiceCollection services, WebhookSettings webhooks)
    {
        // Of each endpoint that is told something one target, which says itself what it wants.
        foreach (var endpoint in webhooks.Endpoints.Where(endpoint => endpoint.Has(WebhookHooks.Events)))
        {
            services.AddSingleton<IEventTarget>(provider => Of(provider, endpoint));
            services.AddSingleton<IEventInterest>(provider => Of(provider, endpoint));
        }

        services.AddSingleton(provider => new EventDesk(
            Targets(provider, webhooks),
            () => new DeliveryChannels(provider.GetRequiredService<ChannelAsks>(), provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<NodeInstruments>().Events,
            provider.GetRequiredService<TimeProvider>()));
    }

    private static WebhookTarget Of(IServiceProvider provider, WebhookEndpoint endpoint) =>
        provider.GetRequiredService<WebhookEndpoints>().Targets.First(target => target.Name == endpoint.Name);

    private static List<DeliveryTarget> Targets(IServiceProvider provider, WebhookSettings webhooks)
    {
        var bounds = webhooks.Endpoints.ToDictionary(endpoint => endpoint.Name, PolicyOf, StringComparer.Ordinal);
        return [.. provider.GetServices<IEventTarget>()
            .Select(target => new DeliveryTarget(target, bounds.GetValueOrDefault(target.Name) ?? new DeliveryPolicy()))
            .OrderBy(target => target.Name, StringComparer.Ordinal)];
    }

    private static DeliveryPolicy PolicyOf(WebhookEndpoint endpoint) => new()
    {
        Concurrency = endpoint.EventConcurrency,
        Attempts = endpoint.EventAttempts,
        MaxAge = endpoint.EventMaxAge,
        FirstRetry = endpoint.EventFirstRetry,
        LongestRetry = endpoint.EventLongestRetry,
    };
}
