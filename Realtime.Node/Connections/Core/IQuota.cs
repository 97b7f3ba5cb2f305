using Realtime.Messages.Ids;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections.Core;

/// <summary>What a connection asks of the <see cref="Quota"/> that it shares with others. Times are monotonic milliseconds.</summary>
internal interface IQuota
{
    LimitScope Scope { get; }

    QuotaPolicy Policy { get; }

    Limited? Request(int bytes, long now);

    bool TryAdd(LimitKind kind);

    void Add(LimitKind kind, int count);

    /// <summary>The connection is over.</summary>
    void Close(SessionId session, long now);
}
