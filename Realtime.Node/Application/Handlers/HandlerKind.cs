namespace Realtime.Node.Application.Handlers;

internal enum HandlerKind
{
    Connect = 1,
    Subscribe = 2,
    Publish = 3,
    Call = 4,
    SessionOpened = 5,
    SessionClosed = 6,
    ChannelOccupied = 7,
    ChannelVacated = 8,
    MemberJoined = 9,
    MemberChanged = 10,
    MemberLeft = 11,
}
