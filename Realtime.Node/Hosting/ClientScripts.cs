using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Realtime.Node.Auth;
using Realtime.Node.Gateway;

namespace Realtime.Node.Hosting;

/// <summary>
/// The JavaScript client at <c>/realtime.js</c>, with its types. Embedded in the assembly, so that it is there wherever the node is
/// hosted, and is always the one that belongs to this node.
/// </summary>
public static class ClientScripts
{
    private static readonly (string Name, string ContentType)[] Files =
    [
        ("realtime.js", "text/javascript; charset=utf-8"),
        ("realtime.d.ts", "application/typescript; charset=utf-8"),
    ];

    public static void MapClientScripts(this IEndpointRouteBuilder endpoints, OriginPolicy origins)
    {
        foreach (var (name, contentType) in Files)
        {
            var script = new ClientScript(Read(name), contentType);
            endpoints.MapMethods("/" + name, [HttpMethods.Get, HttpMethods.Head], context =>
            {
                // It is no secret, so who may not read it from a page of another origin is left to the browser.
                CrossOrigin.Allow(context, origins, "Accept-Encoding");

                // Ask every time, transfer only what changed: a page must not run yesterday's client after a deploy.
                context.Response.Headers.CacheControl = "no-cache";
                context.Response.Headers.XContentTypeOptions = "nosniff";
                return script.SendAsync(context);
            });
        }
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(ClientScripts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly: it was built without clients/js.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
