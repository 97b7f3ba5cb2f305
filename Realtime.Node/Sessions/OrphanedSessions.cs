using Realtime.Node.Persistence;

namespace Realtime.Node.Sessions;

/// <summary>Sessions whose connections the end of the last process cut off.</summary>
/// <param name="Sessions">Emptied when the grace is over.</param>
/// <param name="Grace">How long their clients have to come back.</param>
public sealed record OrphanedSessions(Queue<PresentSession> Sessions, TimeSpan Grace)
{
    public static OrphanedSessions None => new([], TimeSpan.Zero);
}
