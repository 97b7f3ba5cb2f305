using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Auth;
using Realtime.Node.Cluster;
using Realtime.Node.Namespaces;
using Realtime.Node.Operations.Inquiries;
using Realtime.Node.Operations.Logs;
using Realtime.Node.Operations.Records;
using Realtime.Node.Outboxes;
using Realtime.Node.Persistence.Journal;

namespace Realtime.Node.Operations;

/// <summary>What questions of operators are answered from.</summary>
/// <param name="Version">Of the program.</param>
/// <param name="IsLighthouse">It holds nothing: what it is asked of sessions and channels goes on to nodes.</param>
/// <param name="Inquiries">Ask other members.</param>
/// <param name="Node">Asked with each question: the node starts after its endpoints are mapped.</param>
/// <param name="Revocations">Asked with each action, as <paramref name="Node"/>.</param>
/// <param name="Rates">What went through the node lately.</param>
/// <param name="Configuration">Names and values, secrets masked.</param>
/// <param name="Log">Null: the node is hosted by an application that logs in its own way, and so are <paramref name="Levels"/>.</param>
/// <param name="Leave">Begins the stop of the process, and returns.</param>
internal sealed record OperatorServices(
    NodeId Self,
    string Version,
    bool IsLighthouse,
    string? ClientUrl,
    int Capacity,
    NamespaceTable Namespaces,
    NodeReadiness Readiness,
    ClusterStanding Standing,
    Journals Journals,
    Func<OperatedNode> Node,
    Func<OperatedCluster> Cluster,
    Func<IRevocations> Revocations,
    InquiryCalls Inquiries,
    Func<NodeRates> Rates,
    Func<IEnumerable<KeyValuePair<string, string>>> Configuration,
    LogRing? Log,
    LogLevels? Levels,
    EventRing Events,
    AuditTrail Audit,
    NodeVitals Vitals,
    Action Leave,
    TimeProvider Time)
{
    /// <summary>Null: no events are brought to anybody from this process.</summary>
    public EventDesk? Deliveries { get; init; }
}
