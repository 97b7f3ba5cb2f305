using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Events;

/// <summary>
/// Something that happened to a session or a channel, as the application learns of it: at least once, under the same id each time, and in the order in which it happened to that session or that channel.
/// </summary>
/// <param name="Id">The same however often and by whatever node it is delivered; no other event has it.</param>
/// <param name="At">Milliseconds since 1970: when the entity wrote it down.</param>
/// <param name="Channel">Of events of channels and members; else null.</param>
/// <param name="Session">Of events of sessions and members; else none.</param>
/// <param name="User">Null: the session is nobody's, or it is an event of a channel.</param>
/// <param name="Data">Of members: what they say of themselves.</param>
/// <param name="Reason">Why a session is over; else null.</param>
public sealed record ApplicationEvent(
    string Id, EventKind Kind, long At, ChannelName? Channel, SessionId Session, UserId? User, Payload? Data = null, string? Reason = null)
{
    /// <summary>Events of one key are delivered one after the other, in their order; others beside them.</summary>
    public string OrderKey => Channel?.Value ?? Session.ToString();
}
