namespace Realtime.Node.Sessions.Core;

/// <summary>Why a session is over, as the application learns of it.</summary>
public static class SessionEnds
{
    /// <summary>Its client said bye.</summary>
    public const string Bye = "bye";

    /// <summary>Its client did not come back within the time to live.</summary>
    public const string Expired = "expired";

    /// <summary>An operator or the application sent it away.</summary>
    public const string Kicked = "kicked";

    /// <summary>It began, and was lost with its node before it was written down.</summary>
    public const string Lost = "lost";
}
