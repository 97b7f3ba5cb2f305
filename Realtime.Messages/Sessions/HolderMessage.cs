namespace Realtime.Messages.Sessions;

/// <summary>
/// What keeps connections and their sessions on other nodes together: the node of the connections renews, the node of the sessions answers
/// with what it does not know. Either may be lost; the next round says it again.
/// </summary>
public abstract record HolderMessage
{
    /// <summary>Most holds in one message: about 40 KiB.</summary>
    public const int MostHolds = 1000;

    private HolderMessage()
    {
    }

    /// <summary>Connections of the sender's node hold these sessions of the receiver's node.</summary>
    public sealed record Renew(IReadOnlyList<SessionHold> Holds) : HolderMessage;

    /// <summary>These sessions do not run here, or another connection holds them: the connections are to attach again.</summary>
    public sealed record NotHeld(IReadOnlyList<SessionHold> Holds) : HolderMessage;
}
