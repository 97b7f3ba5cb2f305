namespace Realtime.Node.Channels.Core;

/// <summary>What a channel knows of a sequence number.</summary>
public enum SequenceVerdict
{
    New = 1,
    Known = 2,

    /// <summary>Older than what is remembered.</summary>
    Expired = 3,
}
