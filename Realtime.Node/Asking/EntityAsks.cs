using Akka.Actor;

namespace Realtime.Node.Asking;

/// <summary>
/// Asks the entities of a region from code that is no actor. An entity that is stopping gives a request back undone; it is sent again, and its successor answers.
/// </summary>
/// <param name="region">Asked for with each request: a node starts later than what asks is made.</param>
internal abstract class EntityAsks<TRequest, TReply>(Func<IActorRef> region, TimeProvider time)
    where TRequest : class
    where TReply : class
{
    /// <summary>Of every request: each has an asker of its own, and 0 would mean that no answer is wanted.</summary>
    public const long Tag = 1;

    /// <summary>How long one attempt waits before the request is sent again.</summary>
    private static readonly TimeSpan Once = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(50);

    /// <summary>Sends a request again only when it was given back undone: for what must not be repeated.</summary>
    /// <returns>Null: no answer within <paramref name="patience"/>.</returns>
    public Task<TReply?> AskAsync(TRequest request, TimeSpan patience, CancellationToken cancellation = default) =>
        AskAsync(request, patience, mayRepeat: false, cancellation);

    /// <summary>Sends a request again also when no answer comes: for what can be repeated harmlessly.</summary>
    /// <returns>Null: no answer within <paramref name="patience"/>.</returns>
    public Task<TReply?> RepeatAsync(TRequest request, TimeSpan patience, CancellationToken cancellation = default) =>
        AskAsync(request, patience, mayRepeat: true, cancellation);

    /// <summary>Whether the request was given back undone.</summary>
    protected abstract bool IsRetry(TReply reply);

    private async Task<TReply?> AskAsync(TRequest request, TimeSpan patience, bool mayRepeat, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (patience - time.GetElapsedTime(started) is { Ticks: > 0 } left)
        {
            try
            {
                var reply = await region().Ask<TReply>(request, mayRepeat && left > Once ? Once : left, cancellation).ConfigureAwait(false);
                if (!IsRetry(reply))
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

            await Task.Delay(Again, time, cancellation).ConfigureAwait(false);
        }

        return null;
    }
}
