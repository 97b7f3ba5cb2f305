using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Asking;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Api;

/// <summary>Subscriptions that the application makes and ends for sessions, wherever they are.</summary>
internal sealed class SessionSubscriptions(SessionAsks sessions, ChannelAsks channels)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <returns>False: there is no such session.</returns>
    public Task<bool> SubscribeAsync(SessionId session, ChannelName channel, StreamPosition? from, string? reason, CancellationToken cancellation) =>
        AskAsync(new SessionRequest.SubscribeByServer(session, SessionAsks.Tag, channel, from, reason), cancellation);

    /// <inheritdoc cref="SubscribeAsync"/>
    public Task<bool> UnsubscribeAsync(SessionId session, ChannelName channel, string? reason, CancellationToken cancellation) =>
        AskAsync(new SessionRequest.UnsubscribeByServer(session, SessionAsks.Tag, channel, reason), cancellation);

    /// <summary>Lets a session have the channel of its own from where that ends now: what is published next reaches it, also when its client is away.</summary>
    /// <inheritdoc cref="SubscribeAsync"/>
    public async Task<bool> OpenAsync(SessionId session, CancellationToken cancellation)
    {
        var channel = ServerLogs.Channel(ServerLogs.Session, session.ToString());
        var head = await channels.RepeatAsync(
            new ChannelRequest.ReadHistory(channel, ChannelAsks.Tag, StartFrom.Live, 1, Reverse: false), Patience, cancellation).ConfigureAwait(false) switch
        {
            ChannelReply.HistoryPage page => page.Head,
            ChannelReply.Refused refused => throw new ApiFaultException(refused.Code, $"{refused.Message}.") { RetryAfter = refused.RetryAfter },
            _ => throw NoAnswer(),
        };
        return await SubscribeAsync(session, channel, head, null, cancellation).ConfigureAwait(false);
    }

    private async Task<bool> AskAsync(SessionRequest request, CancellationToken cancellation) =>
        await sessions.RepeatAsync(request, Patience, cancellation).ConfigureAwait(false) switch
        {
            SessionReply.Done => true,
            SessionReply.Unknown => false,
            SessionReply.Refused refused => throw new ApiFaultException(refused.Code, $"{refused.Message}.") { RetryAfter = refused.RetryAfter, Outcome = refused.Outcome },
            _ => throw NoAnswer(),
        };

    private static ApiFaultException NoAnswer() => new(ErrorCode.Timeout, "The session did not answer in time; it may have been done.") { Outcome = Outcome.Unknown };
}
