using System.Diagnostics.Metrics;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Positions;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>What the clients of this node do: their connections, what they were refused, what they missed.</summary>
public sealed class ConnectionInstruments
{
    private static readonly KeyValuePair<string, object?> Transport = new("transport", "websocket");
    private volatile ConnectionLoad _load = ConnectionLoad.None;

    /// <param name="meter">Null: nothing is exported, and everything is counted all the same.</param>
    /// <param name="codecs">The subprotocols that are spoken.</param>
    public ConnectionInstruments(Meter? meter = null, IReadOnlyList<string>? codecs = null)
    {
        Open = OfCodecs(codecs ?? []);
        Opened = OfCodecs(codecs ?? []);
        if (meter is null)
        {
            return;
        }

        meter.CreateObservableUpDownCounter("realtime.connections", Open.Measure, "{connection}", "Connections of clients that are open.");
        meter.CreateObservableCounter("realtime.connections.opened", Opened.Measure, "{connection}", "Connections of clients that were opened.");
        meter.CreateObservableCounter("realtime.connections.closed", Closed.Measure, "{connection}", "Goodbyes to clients, by close code.");
        meter.CreateObservableCounter("realtime.network.io", MeasureBytes, "By", "Bytes of transport messages from and to clients.");
        meter.CreateObservableCounter("realtime.request.errors", Errors.Measure, "{error}", "Requests of clients that were refused.");
        meter.CreateObservableCounter("realtime.admission.refused", Refused.Measure, "{handshake}", "Handshakes that were refused at the door.");
        meter.CreateObservableCounter("realtime.limits.refused", Limited.Measure, "{refusal}", "What was refused because it was over a limit, by whose limit it is and of what.");
        meter.CreateObservableCounter("realtime.resumes", Resumes.Measure, "{hello}", "Hellos that were welcomed, by what became of the session they named.");
        meter.CreateObservableCounter("realtime.gaps", Gaps.Measure, "{gap}", "Gaps that clients were told of: messages they will not get.");
        meter.CreateObservableCounter("realtime.moves", () => Moves.Value, "{connection}", "Connections that were asked to go to another node.");
        meter.CreateObservableUpDownCounter("realtime.subscribers", () => _load.Subscribers, "{subscription}", "Subscriptions of connections of this node.");
        meter.CreateObservableUpDownCounter(
            "realtime.subscribers.behind", () => _load.Behind, "{subscription}", "Subscriptions that read from the log, or wait for room in their connection's queue.");
        meter.CreateObservableUpDownCounter("realtime.queue.bytes", () => _load.Queued, "By", "Bytes that wait to be written to clients.");
    }

    /// <summary>By subprotocol: one more for each that is opened, one less for each that is over.</summary>
    public CounterTable<string> Open { get; }

    /// <summary>By subprotocol.</summary>
    public CounterTable<string> Opened { get; }

    public CounterTable<CloseCode> Closed { get; } = new("reason", CloseRegistry.All.Select(entry => entry.Code), static code => CloseRegistry.Of(code).Name);

    public CounterTable<ErrorCode> Errors { get; } = new("error.type", ErrorRegistry.All.Select(entry => entry.Code), ErrorRegistry.NameOf);

    public CounterTable<RefusalReason> Refused { get; } = new("reason", Enum.GetValues<RefusalReason>(), NameOf);

    public CounterTable<(LimitScope Scope, LimitKind Kind)> Limited { get; } = new(
        Limits, static limit => [new("scope", NameOf(limit.Scope)), new("limit", NameOf(limit.Kind))], [new("scope", "other"), new("limit", "other")]);

    public CounterTable<ResumeOutcome> Resumes { get; } = new("outcome", Enum.GetValues<ResumeOutcome>(), NameOf);

    public CounterTable<GapReason> Gaps { get; } = new("reason", Enum.GetValues<GapReason>(), NameOf);

    public StripedCounter Moves { get; } = new();

    public StripedCounter BytesIn { get; } = new();

    /// <summary>Behind what was written by up to a second: it is read off the connections once a second, and costs those who write nothing.</summary>
    public StripedCounter BytesOut { get; } = new();

    /// <summary>How things stood when the connections were last looked at, about a second ago at most.</summary>
    public ConnectionLoad Load
    {
        get => _load;
        set => _load = value;
    }

    /// <summary>A frame is on its way to a client.</summary>
    /// <param name="cameBack">The client named a session it wanted back.</param>
    public void Sending(ServerFrame frame, bool cameBack)
    {
        switch (frame)
        {
            case ServerFrame.Error error:
                Errors[error.Code].Add(1);
                break;
            case ServerFrame.Welcome welcome:
                Resumes[welcome.Resumed ? ResumeOutcome.Resumed : cameBack ? ResumeOutcome.Lost : ResumeOutcome.New].Add(1);
                break;
            case ServerFrame.Gap gap:
                Gaps[gap.Notice.Reason].Add(1);
                break;
            case ServerFrame.Move:
                Moves.Add(1);
                break;
            default:
                break;
        }
    }

    /// <summary>All there are.</summary>
    private static IEnumerable<(LimitScope Scope, LimitKind Kind)> Limits =>
    [
        (LimitScope.Connection, LimitKind.Requests), (LimitScope.Connection, LimitKind.Bytes),
        .. from scope in new[] { LimitScope.User, LimitScope.Address } from kind in Enum.GetValues<LimitKind>() where kind is not LimitKind.Messages select (scope, kind),
        (LimitScope.Key, LimitKind.Sockets), (LimitScope.Key, LimitKind.Requests), (LimitScope.Key, LimitKind.Bytes), (LimitScope.Key, LimitKind.Messages),
        (LimitScope.Unauthenticated, LimitKind.Sockets), (LimitScope.Unauthenticated, LimitKind.Bytes),
    ];

    private static CounterTable<string> OfCodecs(IReadOnlyList<string> codecs) =>
        new(codecs, static codec => [Transport, new("codec", codec)], [Transport, new("codec", "other")]);

    private static string NameOf<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private IEnumerable<Measurement<long>> MeasureBytes() =>
    [
        new(BytesIn.Value, Transport, new("network.io.direction", "receive")),
        new(BytesOut.Value, Transport, new("network.io.direction", "transmit")),
    ];
}
