namespace Realtime.Node.Persistence.Events;

/// <summary>Kinds of events as the journal has them. Frozen by a test; a retired number is never used again.</summary>
internal enum EventKind
{
    Opened = 1,
    ChannelAppended = 2,
    SessionSaved = 3,
    Ended = 4,
    KeysAppended = 5,
}
