using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;

namespace Realtime.Node.Revocations;

/// <summary>Writes revocations to the cluster's log of them, where each node finds them.</summary>
/// <param name="channels">Asked with each revocation: the node starts later than this is made.</param>
/// <param name="follower">Of this node, which need not wait until it looks again.</param>
internal sealed class RevocationLog(Func<IActorRef> channels, Func<IActorRef> follower, RevocationReports reports, TimeProvider time) : IRevocations
{
    private const int Tag = 1;
    private const int RetryAfter = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(50);

    public Task<RevocationReply> RevokeAsync(UserId user, string? reason, CancellationToken cancellation) =>
        RevokeAsync(new RevocationEntry(user, null, reason), "user", cancellation);

    public Task<RevocationReply> RevokeAsync(SessionId session, string? reason, CancellationToken cancellation) =>
        RevokeAsync(new RevocationEntry(null, session, reason), "session", cancellation);

    /// <summary>Sent again where it may not have been done: twice in the log is harmless.</summary>
    private async Task<RevocationReply> RevokeAsync(RevocationEntry entry, string kind, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (Patience - time.GetElapsedTime(started) is { Ticks: > 0 } left)
        {
            var publish = new ChannelRequest.Publish(RevocationFollower.Log, Tag, entry.ToPayload(), default, null);
            try
            {
                switch (await channels().Ask<ChannelReply>(publish, left, cancellation).ConfigureAwait(false))
                {
                    case ChannelReply.Published:
                        follower().Tell(RevocationFollower.Look.Instance, ActorRefs.NoSender);
                        reports.Revoked(kind);
                        return new RevocationReply(time.GetUtcNow().ToUnixTimeMilliseconds());
                    case ChannelReply.Refused refused:
                        return new RevocationReply(null, refused.Code, refused.Message, refused.RetryAfter);
                    default:
                        await Task.Delay(Again, time, cancellation).ConfigureAwait(false);
                        break;
                }
            }
            catch (AskTimeoutException)
            {
                break;
            }
        }

        return new RevocationReply(null, ErrorCode.Unavailable, "The log of revocations did not answer in time; it may have been done.", RetryAfter);
    }
}
