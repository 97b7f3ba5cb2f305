using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;

namespace Realtime.Node.Sessions;

/// <summary>Makes sessions.</summary>
internal sealed class SessionKind(SessionServices services) : IEntityKind
{
    public EntityKind Kind => EntityKind.Session;

    /// <summary>Presence is announced to channels.</summary>
    public bool FollowsOwners => true;

    public void Count(int change) => services.Figures.CountSession(change);

    public Entity Create(EntityAddress address, IEntityHost host, ReadOnlyMemory<byte>? import)
    {
        var session = new SessionEntity(address, host, services, import);
        if (import is not null)
        {
            session.TakeOver();
        }

        return session;
    }
}
