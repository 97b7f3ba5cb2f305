using Realtime.Messages.Ids;

namespace Realtime.Messages.Entities;

/// <summary>Who is present on a channel, without what the application says of it.</summary>
public sealed record PresentMember(SessionId Session, UserId? User);
