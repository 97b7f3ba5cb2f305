using Realtime.Node.Auth;
using Realtime.Node.Configuration;
using Realtime.Node.Gateway;
using Realtime.Node.Operations;

namespace Realtime.Node.Hosting;

/// <summary>
/// DNS rebinding: a page of a stranger lets its own name point to this machine, and the browser takes a node that listens on loopback for the page's own server. Such a
/// request comes straight to the node's port, so that its <c>Host</c> names that port; a name that a proxy on this machine passes on comes with the proxy's.
/// </summary>
internal sealed class NameCheck
{
    private readonly bool _isLoopback;
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public NameCheck(NodeSettings settings)
    {
        _isLoopback = WebListener.IsLoopback(settings.Address);
        foreach (var text in settings.Origins)
        {
            if (WebOrigin.TryParse(text, out var origin))
            {
                _known.Add(origin.Host);
            }
        }

        if (Uri.TryCreate(settings.ClientUrl, UriKind.Absolute, out var own))
        {
            _known.Add(own.IdnHost);
        }
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var port = request.Host.Port ?? (request.IsHttps ? 443 : 80);
        if (!_isLoopback || port != context.Connection.LocalPort || Knows(request.Host.Host) || request.Path.StartsWithSegments(HealthEndpoints.Prefix))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(
            "This node is reached from this machine only, as localhost, and not by the name in this request. If the name is yours, list the page's origin in Realtime:Origins.");
    }

    private bool Knows(string host) => host.Length == 0 || WebListener.IsLoopbackName(host) || _known.Contains(host);
}
