using System.Text.Json;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Asking;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Publishing;

/// <summary>What the application does to sessions, wherever they are. A null fault: it is done.</summary>
internal sealed class SessionActions(SessionAsks sessions, ChannelAsks channels, ClusterAsks cluster, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>For all sessions of a user.</summary>
    private static readonly TimeSpan UserPatience = TimeSpan.FromSeconds(25);

    public Task<RequestFault?> SubscribeAsync(SessionId session, ChannelName channel, StreamPosition? from, string? reason, CancellationToken cancellation) =>
        AskAsync(new SessionRequest.SubscribeByServer(session, SessionAsks.Tag, channel, from, reason), cancellation);

    public Task<RequestFault?> UnsubscribeAsync(SessionId session, ChannelName channel, string? reason, CancellationToken cancellation) =>
        AskAsync(new SessionRequest.UnsubscribeByServer(session, SessionAsks.Tag, channel, reason), cancellation);

    /// <summary>Lets a session have the channel of its own from where that ends now: what is published next reaches it, also when its client is away.</summary>
    public async Task<RequestFault?> OpenAsync(SessionId session, CancellationToken cancellation)
    {
        var channel = ServerLogs.Channel(ServerLogs.Session, session.ToString());
        return await channels.RepeatAsync(new ChannelRequest.ReadHistory(channel, ChannelAsks.Tag, StartFrom.Live, 1, Reverse: false), Patience, cancellation).ConfigureAwait(false) switch
        {
            ChannelReply.HistoryPage page => await SubscribeAsync(session, channel, page.Head, null, cancellation).ConfigureAwait(false),
            ChannelReply.Refused refused => new RequestFault(refused.Code, $"{refused.Message}.", null) { RetryAfter = refused.RetryAfter },
            _ => NoAnswer(),
        };
    }

    /// <param name="by">Who does it and from where, for the audit.</param>
    public async Task<RequestFault?> DisconnectAsync((string Who, string From) by, SessionId session, OperatorActions.Disconnect how, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(how, OperatorJson.Default.Disconnect);
        return (await cluster.AskAsync(by, "POST", ["sessions", session.ToString(), "disconnect"], body: body, cancellation: cancellation).ConfigureAwait(false)).Fault;
    }

    /// <summary>Does it to every session of a user that some node has in memory, wherever. One that has gone by itself, or has no connection to close, does not count.</summary>
    /// <param name="by">Who does it and from where, for the audit.</param>
    public async Task<(int Done, RequestFault? Fault)> ForUserAsync((string Who, string From) by, UserId user, Func<SessionId, Task<RequestFault?>> act, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var (done, whole) = (0, true);
        for (string? after = ""; after is not null;)
        {
            var query = new Dictionary<string, string>(StringComparer.Ordinal) { ["user"] = user.Value, ["limit"] = "1000" };
            if (after.Length > 0)
            {
                query["after"] = after;
            }

            var (body, refused) = await cluster.AskAsync(by, "GET", ["sessions"], query, cancellation: cancellation).ConfigureAwait(false);
            if (refused is not null)
            {
                return (done, refused);
            }

            var page = JsonSerializer.Deserialize(body.Span, OperatorJson.Default.SessionPage)!;
            whole &= page.Unreachable.Count == 0;
            foreach (var session in page.Sessions)
            {
                var fault = SessionId.TryParse(session.Id, out var id) ? await act(id).ConfigureAwait(false) : null;
                if (fault is not null and not { Code: ErrorCode.NotFound or ErrorCode.Conflict })
                {
                    return (done, fault);
                }

                done += fault is null ? 1 : 0;
            }

            after = page.Next;
            if (after is not null && time.GetElapsedTime(started) > UserPatience)
            {
                (after, whole) = (null, false);
            }
        }

        return whole ? (done, null) : (done, new RequestFault(ErrorCode.Unavailable, $"{done} sessions are done, and not every node has answered: ask again for the rest.", null)
        {
            RetryAfter = 1000, Outcome = Outcome.Unknown,
        });
    }

    private async Task<RequestFault?> AskAsync(SessionRequest request, CancellationToken cancellation) =>
        await sessions.RepeatAsync(request, Patience, cancellation).ConfigureAwait(false) switch
        {
            SessionReply.Done => null,
            SessionReply.Unknown => new RequestFault(ErrorCode.NotFound, $"There is no session {request.Session}.", "id"),
            SessionReply.Refused refused => new RequestFault(refused.Code, $"{refused.Message}.", null) { RetryAfter = refused.RetryAfter, Outcome = refused.Outcome },
            _ => NoAnswer(),
        };

    private static RequestFault NoAnswer() => new(ErrorCode.Timeout, "The session did not answer in time; it may have been done.", null) { Outcome = Outcome.Unknown };
}
