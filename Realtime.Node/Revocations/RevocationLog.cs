using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Asking;
using Realtime.Node.Auth;

namespace Realtime.Node.Revocations;

/// <summary>Writes revocations to the cluster's log of them, where each node finds them.</summary>
/// <param name="follower">Of this node, which need not wait until it looks again.</param>
internal sealed class RevocationLog(ChannelAsks channels, Func<IActorRef> follower, RevocationReports reports, TimeProvider time) : IRevocations
{
    private const int RetryAfter = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Task<RevocationReply> RevokeAsync(UserId user, string? reason, CancellationToken cancellation) =>
        RevokeAsync(new RevocationEntry(user, null, reason), "user", cancellation);

    public Task<RevocationReply> RevokeAsync(SessionId session, string? reason, CancellationToken cancellation) =>
        RevokeAsync(new RevocationEntry(null, session, reason), "session", cancellation);

    /// <summary>Sent again where it may not have been done: twice in the log is harmless.</summary>
    private async Task<RevocationReply> RevokeAsync(RevocationEntry entry, string kind, CancellationToken cancellation)
    {
        var publish = new ChannelRequest.Publish(RevocationFollower.Log, ChannelAsks.Tag, entry.ToPayload(), default, null);
        switch (await channels.RepeatAsync(publish, Patience, cancellation).ConfigureAwait(false))
        {
            case ChannelReply.Published:
                follower().Tell(RevocationFollower.Look.Instance, ActorRefs.NoSender);
                reports.Revoked(kind);
                return new RevocationReply(time.GetUtcNow().ToUnixTimeMilliseconds());
            case ChannelReply.Refused refused:
                return new RevocationReply(null, refused.Code, refused.Message, refused.RetryAfter);
            default:
                return new RevocationReply(null, ErrorCode.Unavailable, "The log of revocations did not answer in time; it may have been done.", RetryAfter);
        }
    }
}
