using Realtime.Node.Api.Door;
using Handler = System.Func<Microsoft.AspNetCore.Http.HttpContext, Realtime.Node.Api.Door.ApiCaller, System.Collections.Generic.IReadOnlyList<string>, System.Threading.Tasks.Task>;

namespace Realtime.Node.Api;

/// <summary>One line of the API: what is asked, what scope it needs, who answers. Also what its description is made from.</summary>
/// <param name="Pattern">Below <c>/api/v1/</c>; <c>{…}</c> is a hole for one part of the path.</param>
/// <param name="Answer">Gets the parts of the path, decoded.</param>
internal sealed record ApiRoute(string Method, string Pattern, ApiScopes Scope, string Summary, Handler Answer)
{
    /// <summary>Names of query parameters.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>Shape of the body; null: it has none.</summary>
    public Type? Body { get; init; }

    public string BodyType { get; init; } = "application/json";

    /// <summary>Shape of what a success brings.</summary>
    public required Type Result { get; init; }
}
