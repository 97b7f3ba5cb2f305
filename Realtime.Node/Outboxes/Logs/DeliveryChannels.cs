using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Asking;

namespace Realtime.Node.Outboxes.Logs;

/// <summary>The server's logs that events go through, asked until they answer: a worker has nothing else to do than to wait for them. What is published has a number, so a repeat is harmless.</summary>
internal sealed class DeliveryChannels(ChannelAsks channels, TimeProvider time)
{
    /// <summary>Of one question, before it is looked whether the worker is still wanted.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    public async Task<ChannelReply.Page> ReadAsync(ChannelName log, StreamPosition after, int messages, int bytes, CancellationToken cancellation) =>
        (ChannelReply.Page)await AskAsync(new ChannelRequest.Read(log, ChannelAsks.Tag, after, messages, bytes), cancellation).ConfigureAwait(false);

    /// <summary>Where it ends, with its last message if there is one.</summary>
    public async Task<ChannelReply.HistoryPage> EndAsync(ChannelName log, CancellationToken cancellation) =>
        (ChannelReply.HistoryPage)await AskAsync(new ChannelRequest.ReadHistory(log, ChannelAsks.Tag, StartFrom.Live, 1, Reverse: true), cancellation).ConfigureAwait(false);

    /// <exception cref="PlaceTakenException">The log does not end where it was expected to.</exception>
    public async Task<StreamPosition> PublishAsync(
        ChannelName log, Payload payload, ProducerId producer, long sequence, StreamPosition? expected, CancellationToken cancellation)
    {
        var publish = new ChannelRequest.Publish(log, ChannelAsks.Tag, payload, default, null) { Producer = producer, Sequence = sequence, Expected = expected };
        return ((ChannelReply.Published)await AskAsync(publish, cancellation).ConfigureAwait(false)).Position!.Value;
    }

    private async Task<ChannelReply> AskAsync(ChannelRequest request, CancellationToken cancellation)
    {
        while (true)
        {
            var pause = Again;
            switch (await channels.RepeatAsync(request, Patience, cancellation).ConfigureAwait(false))
            {
                case null or ChannelReply.Refused { Outcome: Outcome.Unknown }:
                    break;
                case ChannelReply.Refused { Code: ErrorCode.Conflict } taken:
                    throw new PlaceTakenException(taken.Message);
                case ChannelReply.Refused { Code: ErrorCode.Unavailable or ErrorCode.StorageFull or ErrorCode.TooMany } later:
                    pause = TimeSpan.FromMilliseconds(later.RetryAfter ?? 1_000);
                    break;
                case ChannelReply.Refused refused:
                    throw new InvalidOperationException($"{request.Channel} refuses: {refused.Message}");
                case var reply:
                    return reply;
            }

            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
        }
    }
}
