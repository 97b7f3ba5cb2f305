using Akka.Actor;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Asking;

/// <inheritdoc/>
internal sealed class SessionAsks(Func<IActorRef> region, TimeProvider time) : EntityAsks<SessionRequest, SessionReply>(region, time)
{
    protected override bool IsRetry(SessionReply reply) => reply is SessionReply.Retry;
}
