using Realtime.Messages.Ids;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections.Core;

/// <summary>The quotas of users, which all connections of a node share.</summary>
internal interface IUserQuotas
{
    /// <summary>A connection turns out to be this user's.</summary>
    /// <param name="wait">When to come again, milliseconds.</param>
    /// <returns>What there is too much of; null: nothing, and <see cref="IQuota.Close"/> is due.</returns>
    LimitKind? Open(UserId user, SessionId session, long now, out IQuota? quota, out int wait);
}
