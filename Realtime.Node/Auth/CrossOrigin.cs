using Microsoft.AspNetCore.Http;

namespace Realtime.Node.Auth;

/// <summary>The one rule by which pages may read what they fetch from a node or a lighthouse.</summary>
public static class CrossOrigin
{
    /// <summary>Says in the answer whether the page that asks may read it.</summary>
    /// <param name="vary">What else the answer depends on beside the origin.</param>
    /// <returns>False: pages of this origin may not.</returns>
    public static bool Allow(HttpContext context, OriginPolicy origins, params string[] vary)
    {
        var request = context.Request;
        var headers = context.Response.Headers;
        headers.Vary = string.Join(", ", ["Origin", .. vary]);
        if (!origins.Allows(request.Headers.Origin, request.Scheme, request.Host.Value ?? ""))
        {
            return false;
        }

        if (request.Headers.Origin is [{ Length: > 0 } origin])
        {
            headers.AccessControlAllowOrigin = origin;
        }

        return true;
    }
}
