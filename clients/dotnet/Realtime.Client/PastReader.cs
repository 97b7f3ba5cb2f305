using System.Runtime.CompilerServices;
using Realtime.Client.Core;

namespace Realtime.Client;

/// <summary>
/// Reads the part of a channel's log that lies before a stream, page by page and only as fast as it is taken; what the stream itself brings waits
/// meanwhile. So a stream that has begun already can be joined from further back.
/// </summary>
internal sealed class PastReader(string channel, Func<HistoryOptions, CancellationToken, Task<HistoryPage>> read, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Where the stream is to begin when that lies behind its own start; known at the end.</summary>
    public Position? SkipTo { get; private set; }

    /// <summary>Everything after the start up to and with <paramref name="until"/>, after which the stream goes on.</summary>
    public async IAsyncEnumerable<ChannelEvent> ReadAsync(PastStart start, Position until, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (start.After >= until.Offset)
        {
            SkipTo = until with { Offset = start.After.Value };
            yield break;
        }

        var last = start.After;
        var from = start.From;
        while (true)
        {
            HistoryPage? page = null;
            Fault? fault = null;
            try
            {
                page = await read(new HistoryOptions { From = from }, cancellation).ConfigureAwait(false);
            }
            catch (RealtimeException refusal)
            {
                fault = refusal.Fault;
            }

            if (fault is { IsTemporary: true })
            {
                await Task.Delay(fault.RetryAfter ?? Pause, time, cancellation).ConfigureAwait(false);
                continue;
            }

            if (fault?.Code == ErrorCodes.BadRequest && from.Place is not null)
            {
                // The log was born anew; the stream says so with a gap of its own.
                yield break;
            }

            if (page is null)
            {
                // Nothing is skipped without a word.
                yield return new ChannelEvent.Gap(channel, fault!.Code, last + 1, until.Offset, until);
                yield break;
            }

            // A log born anew meanwhile is the stream's to tell.
            if ((page.Position ?? page.Head)?.Epoch != until.Epoch)
            {
                yield break;
            }

            foreach (var message in page.Messages)
            {
                var offset = message.Position!.Value.Offset;
                if (offset > until.Offset)
                {
                    SkipTo = last is null ? until with { Offset = offset - 1 } : null;
                    break;
                }

                if (last is { } known && offset > known + 1)
                {
                    yield return Trimmed(known, until with { Offset = offset - 1 });
                }

                last = offset;
                yield return message;
            }

            if (!page.More || page.Position is not { } position || position.Offset >= until.Offset)
            {
                SkipTo ??= last is null && page is { Messages: [], Position: { } end } ? end : null;
                break;
            }

            from = From.Position(position);
        }

        if (last < until.Offset && SkipTo is null)
        {
            yield return Trimmed(last.Value, until);
        }
    }

    private ChannelEvent.Gap Trimmed(long after, Position to) => new(channel, "trimmed", after + 1, to.Offset, to);
}
