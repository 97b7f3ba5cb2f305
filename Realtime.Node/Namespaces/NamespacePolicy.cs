namespace Realtime.Node.Namespaces;

/// <summary>The rules of one namespace as the running node uses them (what an operator wrote is <c>NamespaceOptions</c>).</summary>
public sealed record NamespacePolicy(string Name)
{
    public Durability Durability { get; init; } = Durability.Journal;

    public HistoryLimits History { get; init; } = new();

    public bool Presence { get; init; }

    /// <summary>Above this many members clients are told only how many there are.</summary>
    public int RosterLimit { get; init; } = 500;

    public AccessRule Subscribe { get; init; } = AccessRule.Anyone;

    public AccessRule Publish { get; init; } = AccessRule.Anyone;

    /// <summary>Who may see who is here; null: who may subscribe.</summary>
    public AccessRule? ReadPresence { get; init; }

    /// <summary>Who may read what is kept, by asking or by beginning there; null: who may subscribe.</summary>
    public AccessRule? ReadHistory { get; init; }

    /// <summary>Largest payload of one message, bytes.</summary>
    public int MessageBytes { get; init; } = 64 * 1024;

    /// <summary>Most that a session may say of itself on one channel, bytes.</summary>
    public int PresenceBytes { get; init; } = 4 * 1024;

    public LagPolicy Lag { get; init; } = LagPolicy.Catchup;

    /// <summary>Whether a session without a user may publish.</summary>
    public bool TakesAnonymous => Publish is AccessRule.Anyone || (Publish is AccessRule.Subscribers && Subscribe is AccessRule.Anyone);

    public bool KeepsLog => Durability is not Durability.None;
}
