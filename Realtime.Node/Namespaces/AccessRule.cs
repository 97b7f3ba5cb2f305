namespace Realtime.Node.Namespaces;

/// <summary>Who may do it. A grant of the application's token adds to the rule and never takes away.</summary>
public enum AccessRule
{
    /// <summary>Nobody but who has a grant; and the application's back end.</summary>
    Nobody = 1,

    /// <summary>Sessions with a user.</summary>
    Users = 2,

    /// <summary>Everybody, anonymous sessions too.</summary>
    Anyone = 3,

    /// <summary>Sessions that are subscribed to the channel (not for subscribing).</summary>
    Subscribers = 4,
}
