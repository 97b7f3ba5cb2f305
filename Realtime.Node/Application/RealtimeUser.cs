using Realtime.Messages.Entities;

namespace Realtime.Node.Application;

/// <summary>Who the application says a client is.</summary>
/// <param name="Name">1 to 128 characters that a channel's name may have.</param>
public sealed record RealtimeUser(string Name)
{
    /// <summary>From then on the connection needs a new word of the application. Null: as long as the session lives.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>What the application knows of the user, written as JSON.</summary>
    public object? Info { get; init; }

    /// <summary>What the user may do beyond the rules of the namespaces, by the name of a channel or the beginning of names and <c>*</c>.</summary>
    public IReadOnlyDictionary<string, ChannelRights> Channels { get; init; } = new Dictionary<string, ChannelRights>();
}
