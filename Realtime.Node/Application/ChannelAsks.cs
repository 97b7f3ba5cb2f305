using Akka.Actor;
using Realtime.Messages.Channels;

namespace Realtime.Node.Application;

/// <summary>
/// Asks channels through their region, and asks again while there is no answer: a channel may be moving. What must not be repeated is asked once.
/// </summary>
internal sealed class ChannelAsks(IActorRef region, TimeProvider time)
{
    /// <summary>How long one question waits before it is sent again.</summary>
    private static readonly TimeSpan Once = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(50);

    /// <summary>Of every question: each has an asker of its own.</summary>
    public const long Tag = 1;

    /// <summary>Sends a question again only when the channel has given it back undone: for what must not be repeated.</summary>
    /// <returns>Null: no answer within <paramref name="patience"/>.</returns>
    public Task<ChannelReply?> AskOnceAsync(ChannelRequest request, TimeSpan patience) => AskAsync(request, patience, mayRepeat: false);

    /// <returns>Null: no answer within <paramref name="patience"/>.</returns>
    public Task<ChannelReply?> AskAsync(ChannelRequest request, TimeSpan patience) => AskAsync(request, patience, mayRepeat: true);

    private async Task<ChannelReply?> AskAsync(ChannelRequest request, TimeSpan patience, bool mayRepeat)
    {
        var started = time.GetTimestamp();
        while (patience - time.GetElapsedTime(started) is { Ticks: > 0 } left)
        {
            try
            {
                var reply = await region.Ask<ChannelReply>(request, mayRepeat && left > Once ? Once : left).ConfigureAwait(false);
                if (reply is not ChannelReply.Retry)
                {
                    return reply;
                }
            }
            catch (AskTimeoutException)
            {
                if (mayRepeat)
                {
                    continue;
                }

                return null;
            }

            await Task.Delay(Again, time).ConfigureAwait(false);
        }

        return null;
    }
}
