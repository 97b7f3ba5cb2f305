using Microsoft.AspNetCore.Http;
using Realtime.Messages.Ids;
using Realtime.Node.Api.Door;
using Realtime.Node.Asking;

namespace Realtime.Node.Api;

/// <summary>Questions that the whole cluster answers.</summary>
internal sealed class ClusterCalls(ClusterAsks cluster)
{
    /// <returns>The answer in JSON.</returns>
    /// <exception cref="ApiFaultException">It was refused.</exception>
    public async Task<ReadOnlyMemory<byte>> AskAsync(
        HttpContext context, ApiCaller caller, string method, IReadOnlyList<string> path, Dictionary<string, string>? query = null, ReadOnlyMemory<byte> body = default)
    {
        var (answer, fault) = await cluster.AskAsync(caller.By, method, path, query, body, context.RequestAborted).ConfigureAwait(false);
        return fault is null ? answer : throw ApiFaultException.Of(fault);
    }

    /// <summary>The parameters of a request, each at most once; one that nobody knows is refused.</summary>
    public static Dictionary<string, string> Query(HttpContext context, params ReadOnlySpan<string> known)
    {
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in context.Request.Query)
        {
            if (!known.Contains(name) || values.Count != 1)
            {
                throw ApiFaultException.Bad($"The parameter '{(name.Length > 64 ? name[..64] : name)}' is not known here, or there twice.", name.Length > 64 ? null : name);
            }

            if (values[0] is { Length: > 0 } value)
            {
                query.Add(name, value);
            }
        }

        return query;
    }

    public static SessionId Session(string text) =>
        SessionId.TryParse(text, out var session) ? session : throw ApiFaultException.Bad("This is no id of a session: 22 characters of base64url.", "id");

    public static UserId User(string text) =>
        ChannelName.TryParse("@" + text, out _, out _) ? new UserId(text) : throw ApiFaultException.Bad("This is no name of a user.", "user");
}
