namespace Realtime.Client.Core;

internal enum RequestKind
{
    Publish,
    History,
    Presence,
    Update,
    Call,
    Set,
    Refresh,
    Unsubscribe,
}
