using System.Diagnostics;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;

namespace Realtime.Node.Channels;

/// <summary>Counts and times what one channel takes, and keeps the spans of the publishes in it that are traced. Used on the channel's turn.</summary>
internal sealed class ChannelMeter(ChannelServices services, NamespacePolicy space)
{
    private readonly ChannelFigures _figures = services.Figures;
    private readonly Tally _published = services.Figures.Published[space.Name];
    private readonly string _durability = NameOf(space.Durability);

    /// <summary>By who waits for the answer: a publish that is repeated while the first one waits has a span of its own. Null as long as none is traced.</summary>
    private Dictionary<ReplyTo, Activity>? _appends;
    private Activity? _commit;

    public static string NameOf(Durability durability) => durability switch
    {
        Durability.Journal => "journal",
        Durability.Memory => "memory",
        Durability.None => "none",
        _ => throw new ArgumentOutOfRangeException(nameof(durability), durability, "has no name"),
    };

    /// <summary>A request comes in.</summary>
    public ChannelInput.Asked Take(ChannelRequest request, ReplyTo from)
    {
        if (request is not ChannelRequest.Publish publish)
        {
            return new ChannelInput.Asked(request, from);
        }

        if (publish.Trace is { } cause && !from.IsNobody && services.Tracing.Append(cause, space.Name) is { } span && NodeTracing.ContextOf(span) is { } context)
        {
            // What comes after it is caused by this span, on whatever node.
            EndAppend(from, "repeated");
            (_appends ??= []).Add(from, span);
            publish = publish with { Trace = context };
        }

        return new ChannelInput.Asked(publish, from) { At = services.Time.GetTimestamp() };
    }

    /// <summary>The effect was done, or is about to be.</summary>
    public void Note(ChannelEffect effect)
    {
        switch (effect)
        {
            case ChannelEffect.Reply reply:
                Answered(reply, reply.Message is EntityReply.Refused refused ? ErrorRegistry.NameOf(refused.Code) : null);
                break;
            case ChannelEffect.Append { Traces: { Count: > 0 } causes, Request: var request }:
                _commit = services.Tracing.Commit(causes, request.Messages.Count, space.Name);
                break;
            case ChannelEffect.HandOver handOver:
                EndAppend(handOver.From, "moved");
                break;
            default:
                break;
        }
    }

    /// <summary>The batch under way has its outcome.</summary>
    public void Note(ChannelInput input)
    {
        if (input is ChannelInput.Written { Outcome: var outcome } && _commit is { } commit)
        {
            _commit = null;
            NodeTracing.End(commit, outcome is WriteOutcome.Committed ? null : outcome.ToString());
        }
    }

    /// <summary>Nobody will be answered any more.</summary>
    public void Stopped()
    {
        NodeTracing.End(_commit, "stopped");
        foreach (var span in _appends?.Values ?? Enumerable.Empty<Activity>())
        {
            NodeTracing.End(span, "stopped");
        }

        _appends = null;
    }

    private void Answered(ChannelEffect.Reply reply, string? error)
    {
        EndAppend(reply.To, error);
        if (reply.Publish is not { } publish)
        {
            return;
        }

        if (error is null)
        {
            _published.Add(1);
        }

        if (publish.At is { } at)
        {
            _figures.PublishAnswered(services.Time.GetElapsedTime(at), _durability, error ?? "ok");
        }
    }

    private void EndAppend(ReplyTo asker, string? error)
    {
        if (_appends is { } appends && appends.Remove(asker, out var span))
        {
            NodeTracing.End(span, error);
        }
    }
}
