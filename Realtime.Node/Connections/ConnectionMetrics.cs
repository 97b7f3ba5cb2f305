using System.Diagnostics;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Node.Connections.Core;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;

namespace Realtime.Node.Connections;

/// <summary>Counts what one connection does, and keeps the spans of its publishes that are traced.</summary>
internal sealed class ConnectionMetrics
{
    private readonly ConnectionInstruments _metrics;
    private readonly NodeTracing _tracing;
    private readonly string _codec;

    /// <summary>By the tag of the answer; null as long as none is traced.</summary>
    private Dictionary<long, Activity>? _publishes;
    private bool _cameBack;

    public ConnectionMetrics(ConnectionInstruments metrics, NodeTracing tracing, string codec)
    {
        (_metrics, _tracing, _codec) = (metrics, tracing, codec);
        metrics.Open[codec].Add(1);
        metrics.Opened[codec].Add(1);
    }

    public void OnInput(ConnectionInput input)
    {
        switch (input)
        {
            case ConnectionInput.FrameReceived { Frame: ClientFrame.Hello { Session: not null } }:
                _cameBack = true;
                break;
            case ConnectionInput.ChannelReplied { Reply: not ChannelReply.Retry and var reply }
                when _publishes is not null && _publishes.Remove(reply.Tag, out var span):
                NodeTracing.End(span, reply is ChannelReply.Refused refused ? ErrorRegistry.NameOf(refused.Code) : null);
                break;
        }
    }

    public void OnSend(ServerFrame frame) => _metrics.Sending(frame, _cameBack);

    public void OnOverLimit(LimitScope scope, LimitKind kind) => _metrics.Limited[(scope, kind)].Add(1);

    public void OnClose(CloseCode code) => _metrics.Closed[code].Add(1);

    /// <returns>The request to send: a publish that is traced carries its trace, also when it is sent again.</returns>
    public ChannelRequest OnSend(ChannelRequest request)
    {
        if (request is not ChannelRequest.Publish publish)
        {
            return request;
        }

        if (_publishes is null || !_publishes.TryGetValue(request.Tag, out var span))
        {
            span = _tracing.Publish(request.Channel.Namespace);
            if (span is null)
            {
                return request;
            }

            (_publishes ??= [])[request.Tag] = span;
        }

        return publish with { Trace = NodeTracing.ContextOf(span) };
    }

    /// <summary>The connection is over. Called once.</summary>
    public void OnStop()
    {
        _metrics.Open[_codec].Add(-1);
        foreach (var span in _publishes?.Values ?? Enumerable.Empty<Activity>())
        {
            NodeTracing.End(span, "closed");
        }

        _publishes = null;
    }
}
