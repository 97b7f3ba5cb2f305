using Realtime.Messages.Channels;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;

namespace Realtime.Node.Channels.Core;

/// <summary>A publish that waits for its commit, with everyone who asked for it.</summary>
internal sealed class PendingPublish(ChannelRequest.Publish request, Asker asker, TimeSpan? at)
{
    private List<Asker>? _others;

    public ChannelRequest.Publish Request { get; } = request;

    /// <summary>Set when it is given its offset, just before the append.</summary>
    public LogMessage? Message { get; set; }

    public int Size { get; } = request.Payload.Length + 64;

    /// <summary>The same sequence number came again before the first one was answered.</summary>
    public void AlsoAnswer(Asker other)
    {
        if (other != asker && _others?.Contains(other) is not true)
        {
            (_others ??= []).Add(other);
        }
    }

    /// <param name="isRepeat">It was recognised: its first answer has been counted.</param>
    public void Answer(Func<long, ChannelReply> reply, List<ChannelEffect> effects, bool isRepeat = false)
    {
        effects.Add(new ChannelEffect.Send(asker.Ref, reply(asker.Tag)) { Arrived = isRepeat ? null : at });
        foreach (var other in _others ?? [])
        {
            // Of two who ask at once one is the first.
            var answer = reply(other.Tag);
            effects.Add(new ChannelEffect.Send(other.Ref, answer is ChannelReply.Published published ? published with { IsRepeat = true } : answer));
        }
    }

    /// <summary>The spans of those that are traced.</summary>
    public static IReadOnlyList<TraceContext> TracesOf(IReadOnlyList<PendingPublish> publishes)
    {
        List<TraceContext>? traces = null;
        for (var i = 0; i < publishes.Count; i++)
        {
            if (publishes[i].Request.Trace is { } trace)
            {
                (traces ??= []).Add(trace);
            }
        }

        return traces ?? (IReadOnlyList<TraceContext>)[];
    }
}
