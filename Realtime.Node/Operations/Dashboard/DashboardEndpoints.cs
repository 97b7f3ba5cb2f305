using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Realtime.Node.Operations.Dashboard;

/// <summary>
/// The operators' dashboard: the page at <c>/</c>, its files under <c>/dashboard/</c>. Both nodes and lighthouses map it, on the listener that also answers
/// <c>/operator/v1</c>. The files are open and hold nothing; what they show, the page asks the operator API for.
/// </summary>
public static class DashboardEndpoints
{
    /// <summary>
    /// Nothing from elsewhere, no inline scripts or styles, in nobody's frame, and no way from text to markup: what the page shows are other people's words.
    /// </summary>
    private const string Policy =
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapDashboard(this IEndpointRouteBuilder endpoints)
    {
        foreach (var file in DashboardFile.ReadAll())
        {
            var route = file.Name == DashboardFile.Index ? "/" : "/dashboard/" + file.Name;
            endpoints.MapMethods(route, Methods, context => AnswerAsync(context, file));
        }
    }

    private static Task AnswerAsync(HttpContext context, DashboardFile file)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // Asked for every time and sent only when it changed: a page of yesterday's version must not steer today's cluster.
        headers.CacheControl = "no-cache";
        return Results.Bytes(file.Content, file.ContentType, entityTag: file.Tag).ExecuteAsync(context);
    }
}
