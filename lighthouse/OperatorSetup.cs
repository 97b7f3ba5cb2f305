using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Node.Operations.Dashboard;
using Realtime.Node.Operations.Listener;

namespace Realtime.Lighthouse;

/// <summary>Puts together what answers at the operators' port, and sees to it that nothing else does.</summary>
internal static class OperatorSetup
{
    public static void AddOperator(this IServiceCollection services, OperatorOptions options)
    {
        services.AddSingleton(options.Policy());
        services.AddSingleton<OperatorDoor>();
        services.AddSingleton<OperatorEndpoint>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ListenerPolicy>());
    }

    public static void MapOperator(this WebApplication app, ViewFollower follower)
    {
        var group = app.MapGroup("").WithMetadata(OperatorEndpointMark.Instance);
        group.Map(OperatorAnswer.Prefix + "{**path}", app.Services.GetRequiredService<OperatorEndpoint>().HandleAsync);
        group.MapDashboard();
        group.MapHealth(follower);
    }
}
