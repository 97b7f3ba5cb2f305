namespace Realtime.Node.Namespaces;

/// <summary>Who may do it.</summary>
public enum AccessRule
{
    /// <summary>Nobody who comes as a client; only the application's back end.</summary>
    Nobody = 1,

    /// <summary>Sessions with a user.</summary>
    Users = 2,

    /// <summary>Everybody, anonymous sessions too.</summary>
    Anyone = 3,

    /// <summary>Sessions that are subscribed to the channel (makes sense for publishing).</summary>
    Subscribers = 4,
}
