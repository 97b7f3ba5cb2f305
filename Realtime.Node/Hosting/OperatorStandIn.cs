using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Operations.Listener;

namespace Realtime.Node.Hosting;

internal static class OperatorStandIn
{
    public static void AddOperator(this IServiceCollection services, NodeConfiguration configuration) { }
    public static void AddOperatorListener(this IServiceCollection services, OperatorListener listener) { }
    public static void MapOperatorListener(this IEndpointRouteBuilder endpoints) { }
}

internal sealed class OperatorEndpoint
{
    public Task HandleAsync(HttpContext context) => Task.CompletedTask;
}
