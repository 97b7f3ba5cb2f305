using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Asking;

namespace Realtime.Node.Publishing;

/// <summary>What became of one message on one channel.</summary>
/// <param name="Fault">Null: it is published.</param>
internal readonly record struct PublishResult(ChannelName? Channel, StreamPosition? Position, RequestFault? Fault)
{
    /// <summary>It is not published yet, and will be.</summary>
    public Scheduled? Scheduled { get; init; }

    public static PublishResult Of(ChannelName channel, ChannelReply? reply) => reply switch
    {
        ChannelReply.Published published => new PublishResult(channel, published.Position, null),
        ChannelReply.Refused refused => new PublishResult(channel, null, new RequestFault(refused.Code, $"{refused.Message}.", refused.Code is ErrorCode.Conflict ? "expected" : null)
        {
            RetryAfter = refused.RetryAfter, Outcome = refused.Outcome,
        }),
        null => new PublishResult(channel, null, new RequestFault(ErrorCode.Timeout, "The channel did not answer in time; the message may have been published. With an idempotency key it is safe to repeat.", null)
        {
            Outcome = Outcome.Unknown,
        }),
        _ => new PublishResult(channel, null, new RequestFault(ErrorCode.Internal, "The channel gave an answer that does not belong to the question.", null) { Outcome = Outcome.Unknown }),
    };
}
