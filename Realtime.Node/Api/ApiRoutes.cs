using Realtime.Messages.Operators;
using Realtime.Node.Api.Door;
using Realtime.Node.Api.Publishing;
using Handler = System.Func<Microsoft.AspNetCore.Http.HttpContext, Realtime.Node.Api.Door.ApiCaller, System.Collections.Generic.IReadOnlyList<string>, System.Threading.Tasks.Task>;

namespace Realtime.Node.Api;

/// <summary>The whole API in one place.</summary>
internal static class ApiRoutes
{
    public const string Prefix = "/api/v1/";

    public static IReadOnlyList<ApiRoute> Of(PublishEndpoints publish, ReadEndpoints read, ActionEndpoints act, SubscribeEndpoints subscribe, ScheduleEndpoints schedules) =>
    [
        Post("publish", ApiScopes.Publish, "Publish a message.", (context, caller, _) => publish.PublishAsync(context, caller), typeof(ApiShapes.Message), typeof(ApiShapes.Published)),
        Post("batch", ApiScopes.Publish, $"Publish up to {PublishEndpoints.MostItems} messages.", (context, caller, _) => publish.BatchAsync(context, caller), typeof(ApiShapes.Batch), typeof(ApiShapes.ManyPublished)),
        Post("ingest", ApiScopes.Publish, "Publish a stream of lines, each a message. With Accept: application/x-ndjson every line is answered by one.", (context, caller, _) => publish.IngestAsync(context, caller), typeof(ApiShapes.Message), typeof(ApiShapes.Ingested))
            with { BodyType = PublishEndpoints.LineType },
        Get("schedules", "Scheduled publishes, in the order of their time.", (context, caller, _) => schedules.ListAsync(context, caller), typeof(SchedulePage), "prefix", "state", "limit", "after"),
        Get("schedules/{id}", "A scheduled publish.", (context, caller, path) => schedules.FindAsync(context, caller, path[1]), typeof(ScheduleReport)),
        new("DELETE", "schedules/{id}", ApiScopes.Publish, "Take a scheduled publish back.", (context, caller, path) => schedules.CancelAsync(context, caller, path[1])) { Result = typeof(OperatorActions.Cancelled) },
        Get("channels", "Channels in memory, by name.", (context, caller, _) => read.ChannelsAsync(context, caller), typeof(ChannelPage), "prefix", "limit", "after"),
        Get("channels/{name}", "A channel.", (context, caller, path) => read.ChannelAsync(context, caller, path[1]), typeof(ChannelReport)),
        Get("channels/{name}/history", "Messages that are kept.", (context, caller, path) => read.HistoryAsync(context, caller, path[1]), typeof(ApiShapes.History), "limit", "after", "reverse"),
        Get("channels/{name}/presence", "Who is present.", (context, caller, path) => read.PresenceAsync(context, caller, path[1]), typeof(ApiShapes.Presence), "after"),
        Get("users/{user}/sessions", "Sessions of a user.", (context, caller, path) => read.UserSessionsAsync(context, caller, path[1]), typeof(SessionPage), "limit", "after"),
        Post("users/{user}/disconnect", ApiScopes.Disconnect, "Disconnect all sessions of a user.", (context, caller, path) => act.DisconnectUserAsync(context, caller, path[1]), typeof(OperatorActions.Disconnect), typeof(ApiShapes.Closed)),
        Post("users/{user}/revoke", ApiScopes.Revoke, "Void the tokens of a user that were issued until now.", (context, _, path) => act.RevokeUserAsync(context, path[1]), typeof(ActionEndpoints.Revocation), typeof(ApiShapes.Revoked)),
        Get("sessions/{id}", "A session.", (context, caller, path) => read.SessionAsync(context, caller, path[1]), typeof(SessionReport)),
        Post("sessions/{id}/disconnect", ApiScopes.Disconnect, "Disconnect a session.", (context, caller, path) => act.DisconnectSessionAsync(context, caller, path[1]), typeof(OperatorActions.Disconnect), typeof(ApiShapes.Closed)),
        Post("sessions/{id}/revoke", ApiScopes.Revoke, "End a session for good.", (context, _, path) => act.RevokeSessionAsync(context, path[1]), typeof(ActionEndpoints.Revocation), typeof(ApiShapes.Revoked)),
        Post("users/{user}/subscribe", ApiScopes.Subscribe, "Subscribe all sessions of a user to a channel.", (context, caller, path) => subscribe.UserAsync(context, caller, path[1], subscribes: true), typeof(SubscribeBody), typeof(ApiShapes.Changed)),
        Post("users/{user}/unsubscribe", ApiScopes.Subscribe, "Unsubscribe all sessions of a user.", (context, caller, path) => subscribe.UserAsync(context, caller, path[1], subscribes: false), typeof(SubscribeBody), typeof(ApiShapes.Changed)),
        Post("sessions/{id}/subscribe", ApiScopes.Subscribe, "Subscribe a session to a channel.", (context, caller, path) => subscribe.SessionAsync(context, caller, path[1], subscribes: true), typeof(SubscribeBody), typeof(ApiShapes.Changed)),
        Post("sessions/{id}/unsubscribe", ApiScopes.Subscribe, "Unsubscribe a session.", (context, caller, path) => subscribe.SessionAsync(context, caller, path[1], subscribes: false), typeof(SubscribeBody), typeof(ApiShapes.Changed)),
    ];

    private static ApiRoute Get(string pattern, string summary, Handler answer, Type result, params string[] query) =>
        new("GET", pattern, ApiScopes.Read, summary, answer) { Result = result, Query = query };

    private static ApiRoute Post(string pattern, ApiScopes scope, string summary, Handler answer, Type body, Type result) =>
        new("POST", pattern, scope, summary, answer) { Body = body, Result = result };
}
