using System.Text.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Realtime.Node.Application;
using Realtime.Node.Application.Calls;
using Realtime.Node.Application.Handlers;
using Realtime.Node.Asking;
using Realtime.Node.Connections;
using Realtime.Node.Events;
using Realtime.Node.Namespaces;
using Realtime.Node.Publishing;
using Realtime.Node.Schedules;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Webhooks;
using Realtime.Node.Webhooks.Decisions;
using Realtime.Node.Webhooks.Http;
using HttpJson = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Realtime.Node.Hosting;

/// <summary>Puts the application's code and the node together.</summary>
internal static class ApplicationSetup
{
    /// <summary>After that a repeat of a call gives the first one up: a handler's own limit comes long before.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(30);

    public static RealtimeBuilder AddApplication(this IServiceCollection services, NamespaceTable namespaces, WebhookSettings webhooks)
    {
        services.TryAddSingleton<IHostAddresses, SystemHostAddresses>();
        services.AddSingleton(provider => new WebhookEndpoints(
            webhooks,
            provider.GetRequiredService<IHostAddresses>(),
            NodeVersion.Text,
            provider.GetRequiredService<NodeInstruments>().Webhooks,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        var plan = new HandlerPlan();
        services.AddSingleton(plan);
        services.AddSingleton<IRealtime>(provider => new RealtimeBackend(
            provider.GetRequiredService<Publisher>(), provider.GetRequiredService<ScheduleCalls>(), provider.GetRequiredService<SessionActions>(), namespaces, () => provider.GetRequiredService<NodeRuntime>().Revocations, Json(provider)));
        services.AddSingleton(provider => new HandlerTable(
            plan,
            new HandlerHost(provider, Json(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<HandlerHost>>()),
            provider.GetRequiredService<IServiceProviderIsService>()));
        return new RealtimeBuilder(services, plan);
    }

    /// <returns>Null: the application has no code in this process.</returns>
    /// <exception cref="ArgumentException">A handler cannot be bound.</exception>
    public static IApplication? Of(IServiceProvider provider) => (Handlers(provider), provider.GetRequiredService<WebhookEndpoints>().Decisions(() => Calls(provider))) switch
    {
        ({ } handlers, { } webhooks) => new ApplicationChain(handlers, webhooks),
        var (handlers, webhooks) => handlers ?? (IApplication?)webhooks,
    };

    private static ApplicationDesk? Handlers(IServiceProvider provider)
    {
        var plan = provider.GetRequiredService<HandlerPlan>();
        if (plan.Entries.Count == 0)
        {
            return null;
        }

        return new ApplicationDesk(provider.GetRequiredService<HandlerTable>(), Json(provider), () => Calls(provider));
    }

    private static StoredCalls Calls(IServiceProvider provider) => new(
        provider.GetRequiredService<ChannelAsks>(), provider.GetRequiredService<TimeProvider>(), LongestCall, provider.GetRequiredService<ILogger<StoredCalls>>());

    private static JsonSerializerOptions Json(IServiceProvider provider) => provider.GetRequiredService<IOptions<HttpJson>>().Value.SerializerOptions;
}
