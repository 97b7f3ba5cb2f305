namespace Realtime.Tests.Cluster.Checking;

/// <summary>What a channel's namespace promises; the checker demands no more and no less.</summary>
internal enum ChannelPromise
{
    /// <summary>Nothing acknowledged is lost, and no subscriber sees a gap: nothing is trimmed in a run.</summary>
    Journal,

    /// <summary>The same while its owner lives; its death is a new epoch and an explicit gap.</summary>
    Memory,
}
