using Realtime.Node.Gateway.Core;

namespace Realtime.Node.Gateway;

/// <summary>How the moves of this node stand, as of the mover's last step. Safe for all threads.</summary>
internal sealed class MoverStatus
{
    private volatile MoveSnapshot _snapshot = MoveSnapshot.Nothing;

    public MoveSnapshot Snapshot
    {
        get => _snapshot;
        set => _snapshot = value;
    }
}
