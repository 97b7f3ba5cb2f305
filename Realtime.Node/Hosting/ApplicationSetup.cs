using System.Text.Json;
using Microsoft.Extensions.Options;
using Realtime.Node.Application;
using Realtime.Node.Application.Calls;
using Realtime.Node.Application.Handlers;
using Realtime.Node.Asking;
using Realtime.Node.Connections;
using Realtime.Node.Namespaces;
using Realtime.Node.Publishing;
using Realtime.Node.Schedules;
using HttpJson = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Realtime.Node.Hosting;

/// <summary>Puts the application's code and the node together.</summary>
internal static class ApplicationSetup
{
    /// <summary>After that a repeat of a call gives the first one up: a handler's own limit comes long before.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(30);

    public static RealtimeBuilder AddApplication(this IServiceCollection services, NamespaceTable namespaces)
    {
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
    public static IApplication? Of(IServiceProvider provider)
    {
        var plan = provider.GetRequiredService<HandlerPlan>();
        if (plan.Entries.Count == 0)
        {
            return null;
        }

        var time = provider.GetRequiredService<TimeProvider>();
        return new ApplicationDesk(
            provider.GetRequiredService<HandlerTable>(),
            Json(provider),
            () => new StoredCalls(provider.GetRequiredService<ChannelAsks>(), time, LongestCall, provider.GetRequiredService<ILogger<StoredCalls>>()));
    }

    private static JsonSerializerOptions Json(IServiceProvider provider) => provider.GetRequiredService<IOptions<HttpJson>>().Value.SerializerOptions;
}
