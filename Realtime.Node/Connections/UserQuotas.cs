using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Connections.Core;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections;

/// <summary>The quotas of the users of this node. Each node counts for itself.</summary>
internal sealed class UserQuotas(LimitsPolicy limits) : IUserQuotas
{
    private readonly Quotas<UserId> _users = new(LimitScope.User, limits.User, limits.Remembered);

    public LimitKind? Open(UserId user, SessionId session, long now, out IQuota? quota, out int wait) => _users.Open(user, session, now, out quota, out wait);

    public IReadOnlyList<LimitedClient> MostRefused(int most) => _users.MostRefused(most);
}
