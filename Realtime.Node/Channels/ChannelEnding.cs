namespace Realtime.Node.Channels;

/// <summary>Why a channel is about to stop. A later one that outranks replaces an earlier one.</summary>
internal enum ChannelEnding
{
    None = 0,

    /// <summary>The node stops: everything that waits is written first.</summary>
    Leave = 1,

    /// <summary>The next owner is given what this one knows.</summary>
    HandOff = 2,

    /// <summary>There is another owner already.</summary>
    Lost = 3,
}
