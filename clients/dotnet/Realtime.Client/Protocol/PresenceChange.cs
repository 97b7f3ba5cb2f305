namespace Realtime.Client.Protocol;

internal enum PresenceChange
{
    Joined,
    Left,
    Changed,
}
