using System.Diagnostics;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Node.Connections.Core;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;

namespace Realtime.Node.Connections;

/// <summary>Counts what one connection does, and keeps the spans of its publishes that are traced.</summary>
internal sealed class ConnectionMeter
{
    private readonly ConnectionFigures _figures;
    private readonly NodeTracing _tracing;
    private readonly string _codec;

    /// <summary>By the tag of the answer; null as long as none is traced.</summary>
    private Dictionary<long, Activity>? _publishes;
    private long _counted;
    private bool _cameBack;

    public ConnectionMeter(ConnectionServices services, string codec)
    {
        _figures = services.Figures;
        _tracing = services.Tracing;
        _codec = codec;
        _figures.Open[codec].Add(1);
        _figures.Opened[codec].Add(1);
    }

    /// <summary>A transport message has come. On any thread.</summary>
    public void Received(int bytes) => _figures.BytesIn.Add(bytes);

    /// <summary>The connection is about to take this.</summary>
    public void Taking(ConnectionInput input)
    {
        if (input is ConnectionInput.Came { Frame: ClientFrame.Hello { Session: not null } })
        {
            _cameBack = true;
        }
        else if (input is ConnectionInput.Replied replied && _publishes is { } publishes && publishes.Remove(replied.Tag, out var span))
        {
            NodeTracing.End(span, replied.Reply is EntityReply.Refused refused ? ErrorRegistry.NameOf(refused.Code) : null);
        }
    }

    /// <summary>The connection is about to do this.</summary>
    /// <returns>What to do: a publish that is traced carries its trace.</returns>
    public ConnectionEffect Doing(ConnectionEffect effect)
    {
        switch (effect)
        {
            case ConnectionEffect.Send send:
                _figures.Sending(send.Frame, _cameBack);
                break;
            case ConnectionEffect.Close close:
                _figures.Closed[close.Goodbye.Code].Add(1);
                break;
            case ConnectionEffect.AskChannel { Request: ChannelRequest.Publish publish } ask when _tracing.Publish(ask.Channel.Namespace) is { } span:
                (_publishes ??= [])[ask.Tag] = span;
                return ask with { Request = publish with { Trace = NodeTracing.ContextOf(span) } };
            default:
                break;
        }

        return effect;
    }

    /// <summary>So many bytes were written in all: those that are new count. From any thread, and more than one at a time.</summary>
    public void Sent(long bytes)
    {
        var before = Volatile.Read(ref _counted);
        if (bytes > before && Interlocked.CompareExchange(ref _counted, bytes, before) == before)
        {
            _figures.BytesOut.Add(bytes - before);
        }
    }

    /// <summary>The connection is over. Once.</summary>
    public void Stopped(long bytes)
    {
        Sent(bytes);
        _figures.Open[_codec].Add(-1);
        foreach (var span in _publishes?.Values ?? Enumerable.Empty<Activity>())
        {
            NodeTracing.End(span, "closed");
        }

        _publishes = null;
    }
}
