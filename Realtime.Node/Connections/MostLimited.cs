using Realtime.Messages.Operators;

namespace Realtime.Node.Connections;

/// <summary>For operators: who is refused most for a limit, of those that the node remembers.</summary>
internal sealed class MostLimited(SocketLimits sockets, UserQuotas users)
{
    private const int Shown = 10;

    public IReadOnlyList<LimitedClient> Clients() =>
        [.. users.MostRefused(Shown).Concat(sockets.MostRefused(Shown)).OrderByDescending(client => client.Refused).Take(Shown)];
}
