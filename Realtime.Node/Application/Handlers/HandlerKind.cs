namespace Realtime.Node.Application.Handlers;

internal enum HandlerKind
{
    Connect = 1,
    Subscribe = 2,
    Publish = 3,
    Call = 4,
}
