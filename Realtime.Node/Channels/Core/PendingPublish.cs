using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;

namespace Realtime.Node.Channels.Core;

/// <summary>A publish that waits for its commit, with everybody who asked for it.</summary>
public sealed class PendingPublish(ChannelRequest.Publish request, ReplyTo asker, long? at)
{
    private List<ReplyTo>? _others;

    public ChannelRequest.Publish Request { get; } = request;

    /// <summary><see cref="ChannelInput.Asked.At"/>.</summary>
    public long? At { get; } = at;

    /// <summary>Set when it is given its offset, just before the append.</summary>
    public LogMessage? Message { get; set; }

    public int Size { get; } = request.Payload.Length + 64;

    /// <summary>The same sequence number came again before the first one was answered.</summary>
    public void AlsoAnswer(ReplyTo other) => (_others ??= []).Add(other);

    /// <summary>Gives it to the next owner, for everybody who asked for it.</summary>
    public void HandOver(List<ChannelEffect> effects)
    {
        effects.Add(new ChannelEffect.HandOver(Request, asker));
        foreach (var other in _others ?? [])
        {
            effects.Add(new ChannelEffect.HandOver(Request, other));
        }
    }

    public void Answer(EntityReply reply, List<ChannelEffect> effects)
    {
        // Also to nobody: whoever counts publishes counts this one.
        effects.Add(new ChannelEffect.Reply(asker, reply) { Publish = this });

        foreach (var other in _others ?? [])
        {
            effects.Add(new ChannelEffect.Reply(other, reply));
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
