using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Outboxes.Logs;

/// <summary>The server's logs that events go through, asked through the region of channels, and asked again while there is no answer. What is published has a number, so a repeat is harmless.</summary>
internal sealed class DeliveryChannels(IActorRef region, TimeProvider time)
{
    private const long Tag = 1;
    private static readonly TimeSpan Once = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    public async Task<ChannelReply.Page> ReadAsync(ChannelName log, StreamPosition after, int messages, int bytes, CancellationToken cancellation) =>
        (ChannelReply.Page)await AskAsync(new ChannelRequest.Read(log, Tag, after, messages, bytes), cancellation).ConfigureAwait(false);

    /// <summary>Where it ends, with its last message if there is one.</summary>
    public async Task<ChannelReply.HistoryPage> EndAsync(ChannelName log, CancellationToken cancellation) =>
        (ChannelReply.HistoryPage)await AskAsync(new ChannelRequest.ReadHistory(log, Tag, StartFrom.Live, 1, Reverse: true), cancellation).ConfigureAwait(false);

    /// <exception cref="PlaceTakenException">The log does not end where it was expected to.</exception>
    public async Task<StreamPosition> PublishAsync(
        ChannelName log, Payload payload, ProducerId producer, long sequence, StreamPosition? expected, CancellationToken cancellation)
    {
        var publish = new ChannelRequest.Publish(log, Tag, payload, default, null) { Producer = producer, Sequence = sequence, Expected = expected };
        return ((ChannelReply.Published)await AskAsync(publish, cancellation).ConfigureAwait(false)).Position!.Value;
    }

    private async Task<ChannelReply> AskAsync(ChannelRequest request, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var pause = Again;
            try
            {
                switch (await region.Ask<ChannelReply>(request, Once, cancellation).ConfigureAwait(false))
                {
                    case ChannelReply.Refused { Code: ErrorCode.Conflict } taken:
                        throw new PlaceTakenException(taken.Message);
                    case ChannelReply.Refused { Outcome: Outcome.None, Code: ErrorCode.Unavailable or ErrorCode.StorageFull or ErrorCode.TooMany } later:
                        pause = TimeSpan.FromMilliseconds(later.RetryAfter ?? 1_000);
                        break;
                    case ChannelReply.Refused { Outcome: Outcome.Unknown }:
                    case ChannelReply.Retry:
                        break;
                    case ChannelReply.Refused refused:
                        throw new InvalidOperationException($"{request.Channel} refuses: {refused.Message}");
                    case var reply:
                        return reply;
                }
            }
            catch (AskTimeoutException)
            {
                continue;
            }

            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
        }
    }
}
