namespace Realtime.Node.Connections.Core;

/// <summary>What an open request was, and so how its answer is put.</summary>
internal enum RequestKind
{
    Attach = 1,
    End = 2,
    Publish = 3,
    History = 4,
    Presence = 5,
    Describe = 6,
    Set = 7,
    Refresh = 8,
}
