using Realtime.Messages.Ids;

namespace Realtime.Messages.Entities;

/// <summary>Who the application says this is.</summary>
/// <param name="Expires">Milliseconds since 1970; null when it does not expire.</param>
public sealed record SessionIdentity(UserId User, long? Expires);
