namespace Realtime.Node.Sessions;

/// <summary>Key of the sessions' shard region in the actor registry.</summary>
public sealed class SessionRegion
{
    private SessionRegion()
    {
    }
}
