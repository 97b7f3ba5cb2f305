using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Entities;

/// <summary>Who the application says this is.</summary>
/// <param name="Expires">Milliseconds since 1970; null when it does not expire.</param>
public sealed record SessionIdentity(UserId User, long? Expires)
{
    /// <summary>When the application made the token, milliseconds since 1970; null when it does not say so. A revocation voids what was issued before it.</summary>
    public long? Issued { get; init; }

    /// <summary>What the application says of the user beside the name: one JSON value.</summary>
    public Payload? Info { get; init; }

    /// <summary>What the user may do beyond the rules of the namespaces.</summary>
    public ChannelGrants Grants { get; init; } = ChannelGrants.None;
}
