using System.Diagnostics;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;

namespace Realtime.Node.Channels;

/// <summary>
/// Counts and times the publishes of one channel, and keeps the spans of those that are traced: <c>append</c> from arrival to answer,
/// <c>commit</c> of the event they share.
/// </summary>
internal sealed class ChannelMetrics
{
    private readonly ChannelInstruments _metrics;
    private readonly NodeTracing _tracing;
    private readonly StripedCounter _published;
    private readonly ITimeProvider _clock;
    private readonly string _space;
    private readonly string _durability;

    /// <summary>Null as long as none is traced.</summary>
    private Dictionary<Asker, Activity>? _appends;
    private Activity? _commit;
    private long _number;
    private bool _isCounted;

    public ChannelMetrics(NamespacePolicy space, ChannelSettings settings, ITimeProvider clock)
    {
        (_metrics, _tracing, _clock) = (settings.Metrics, settings.Tracing, clock);
        _published = _metrics.Published[space.Name];
        _space = space.Name;
        _durability = NameOf(space.Durability);
    }

    public static string NameOf(Durability durability) => durability switch
    {
        Durability.Journal => "journal",
        Durability.Memory => "memory",
        Durability.None => "none",
        _ => throw new ArgumentOutOfRangeException(nameof(durability), durability, "has no name"),
    };

    /// <summary>The channel has come into memory.</summary>
    public void OnStart()
    {
        _isCounted = true;
        _metrics.CountChannel(1);
    }

    /// <returns>The input to step: a publish brings its time of arrival and, if it is traced, the span that what follows belongs to.</returns>
    public ChannelInput.Asked OnRequest(ChannelRequest request, IActorRef sender)
    {
        if (request is not ChannelRequest.Publish publish)
        {
            return new ChannelInput.Asked(request, sender) { At = request is ChannelRequest.PublishMany ? _clock.HighResMonotonicClock : null };
        }

        // A publish that comes again before its answer belongs to its first span.
        var asker = new Asker(sender, request.Tag);
        if (publish.Trace is { } cause && _appends?.ContainsKey(asker) is not true && _tracing.Append(cause, _space) is { } span)
        {
            (_appends ??= []).Add(asker, span);
            publish = publish with { Trace = NodeTracing.ContextOf(span) };
        }

        return new ChannelInput.Asked(publish, sender) { At = _clock.HighResMonotonicClock };
    }

    public void OnAnswer(ChannelEffect.Send send)
    {
        if (send.Message is not ChannelReply reply)
        {
            return;
        }

        var error = reply is ChannelReply.Refused refused ? ErrorRegistry.NameOf(refused.Code) : null;
        if (_appends is not null && _appends.Remove(new Asker(send.To, reply.Tag), out var span))
        {
            NodeTracing.End(span, reply is ChannelReply.Retry ? "retry" : error);
        }

        // A publish that is given back comes again.
        if (send.Arrived is not { } arrived || reply is ChannelReply.Retry)
        {
            return;
        }

        if (error is null)
        {
            _published.Add(1);
        }

        _metrics.PublishAnswered(_clock.HighResMonotonicClock - arrived, _durability, error ?? "ok");
    }

    /// <summary>A batch was not sent to so many feeds.</summary>
    public void OnHeld(int feeds) => _metrics.BatchesHeld.Add(feeds);

    /// <summary>The event was given to the log under this number.</summary>
    public void OnAppend(ChannelEffect.Append append, long number)
    {
        if (append.Traces.Count > 0)
        {
            NodeTracing.End(_commit, "unknown");
            _commit = _tracing.Commit(append.Traces, append.Event.Messages.Count, _space);
            _number = number;
        }
    }

    public void OnLog(LogNews news)
    {
        switch (news)
        {
            case LogNews.Committed committed when committed.Through >= _number:
                EndCommit(null);
                break;
            case LogNews.Unavailable:
                EndCommit("unknown");
                break;
            case LogNews.Fenced:
                EndCommit("fenced");
                break;
        }
    }

    /// <summary>The channel leaves memory. Also called for the instance that takes a failed one's place only to stop: it was not counted.</summary>
    public void OnStop()
    {
        if (_isCounted)
        {
            _isCounted = false;
            _metrics.CountChannel(-1);
        }

        EndCommit("stopped");
        foreach (var span in _appends?.Values ?? Enumerable.Empty<Activity>())
        {
            NodeTracing.End(span, "stopped");
        }

        _appends = null;
    }

    private void EndCommit(string? error)
    {
        NodeTracing.End(_commit, error);
        _commit = null;
    }
}
