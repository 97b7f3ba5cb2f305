using System.Buffers;
using Realtime.Cluster.Telemetry.Metrics;

namespace Realtime.Cluster.Links;

/// <summary>The work on a stream a peer dialled: reads its frames and answers its pings.</summary>
/// <param name="deliver">Takes a frame, or a ping as null; false ends the stream.</param>
internal sealed class LinkReader(LinkStream stream, LinkContext context, PeerFigures figures, Func<LinkFrame?, bool> deliver)
{
    private readonly LinkOptions _options = context.Options;
    private long _answered;

    /// <summary>Completes when all that was read is delivered and nothing more will come.</summary>
    /// <exception cref="InvalidDataException">What came is no frame.</exception>
    public async Task RunAsync()
    {
        stream.Watch(_options.PingEvery, _options.PingTimeout, null);
        while (true)
        {
            var result = await stream.Input.ReadAsync().ConfigureAwait(false);
            stream.Heard();
            var buffer = result.Buffer;
            var pinged = false;
            while (LinkFraming.TryTake(ref buffer, _options.FrameBytes, out var bytes))
            {
                pinged |= bytes.IsEmpty;
                figures.BytesIn.Add(LinkFraming.PrefixBytes + bytes.Length);
                if (!deliver(bytes.IsEmpty ? null : context.Codec.Read(bytes)))
                {
                    stream.Abort("a frame came on it while the link was down");
                    return;
                }
            }

            stream.Input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || !await AnswerAsync(pinged).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>
    /// Also without a ping when long enough none was answered: pings wait behind megabytes of frames, and a peer that reads those is not silent.
    /// </summary>
    private async ValueTask<bool> AnswerAsync(bool pinged)
    {
        if (!pinged && context.Time.GetElapsedTime(_answered) < _options.PingEvery)
        {
            return true;
        }

        _answered = context.Time.GetTimestamp();
        stream.Output.Write(LinkFraming.Ping);
        return !(await stream.Output.FlushAsync().ConfigureAwait(false)).IsCompleted;
    }
}
