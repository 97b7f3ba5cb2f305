using Akka.Actor;
using Realtime.Messages.Channels;

namespace Realtime.Node.Asking;

/// <inheritdoc/>
internal sealed class ChannelAsks(Func<IActorRef> region, TimeProvider time) : EntityAsks<ChannelRequest, ChannelReply>(region, time)
{
    protected override bool IsRetry(ChannelReply reply) => reply is ChannelReply.Retry;
}
