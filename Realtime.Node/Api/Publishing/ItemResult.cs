using System.Text.Json;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Api.Publishing;

/// <summary>What became of one message on one channel.</summary>
/// <param name="Fault">Null: it is published.</param>
internal readonly record struct ItemResult(ChannelName? Channel, StreamPosition? Position, ItemFault? Fault)
{
    public static ItemResult Of(ChannelName channel, ChannelReply? reply) => reply switch
    {
        ChannelReply.Published published => new ItemResult(channel, published.Position, null),
        ChannelReply.Refused refused => new ItemResult(channel, null, new ItemFault(refused.Code, $"{refused.Message}.", refused.Code is ErrorCode.Conflict ? "expected" : null)
        {
            RetryAfter = refused.RetryAfter, Outcome = refused.Outcome,
        }),
        null => new ItemResult(channel, null, new ItemFault(ErrorCode.Timeout, "The channel did not answer in time; the message may have been published. With an idempotency key it is safe to repeat.", null)
        {
            Outcome = Outcome.Unknown,
        }),
        _ => new ItemResult(channel, null, new ItemFault(ErrorCode.Internal, "The channel gave an answer that does not belong to the question.", null) { Outcome = Outcome.Unknown }),
    };

    public void Write(Utf8JsonWriter json, bool withChannel = false)
    {
        if (withChannel && Channel is { } channel)
        {
            json.WriteString("channel", channel.Value);
        }

        if (Fault is { } fault)
        {
            ApiProblem.Members(json, fault.Code, fault.Detail, fault.Field, fault.RetryAfter, fault.Outcome);
        }
        else if (Position is { } position)
        {
            json.WriteString("position", position.ToString());
        }
        else
        {
            json.WriteNull("position");
        }
    }
}
