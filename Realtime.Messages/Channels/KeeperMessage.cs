using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Channels;

/// <summary>
/// How the log of a channel without a store comes from the node where its owner has stopped to the next owner. The keeper of a node has the logs
/// of the owners that stopped there; an owner that starts asks the keepers of all other nodes, reads from the one that has it, and takes it.
/// </summary>
/// <remarks>
/// Every message may be lost and repeated. The log is the owner's only with <see cref="Given"/>: until then another one may read it, too, and
/// whoever took it would go on with the same epoch.
/// </remarks>
public abstract record KeeperMessage
{
    private KeeperMessage()
    {
    }

    /// <summary>
    /// An owner asks for what follows the first so many producers and this offset: <see cref="Page"/>, <see cref="NotKept"/> or
    /// <see cref="Replaced"/>.
    /// </summary>
    /// <param name="Attempt">Drawn by the owner; another one replaces it when it begins to read.</param>
    /// <param name="After">Null: from the beginning.</param>
    public sealed record Read(ChannelName Channel, long Attempt, int Producers, long? After) : KeeperMessage;

    /// <summary>The owner has read all of it: <see cref="Given"/>, <see cref="NotKept"/> or <see cref="Replaced"/>.</summary>
    public sealed record Take(ChannelName Channel, long Attempt) : KeeperMessage;

    /// <param name="FirstProducer">Place of the first one in this page.</param>
    /// <param name="Messages">Contiguous; the page is the last one when it reaches the ends of both.</param>
    public sealed record Page(
        ChannelName Channel, long Attempt, KeptBounds Bounds, int FirstProducer, IReadOnlyList<ProducerMarks> Producers, IReadOnlyList<LogMessage> Messages)
        : KeeperMessage;

    /// <summary>There is no log of this channel here, or not any more.</summary>
    public sealed record NotKept(ChannelName Channel, long Attempt) : KeeperMessage;

    /// <summary>Another owner has begun to read. The one that is asked for begins again, if it is still there.</summary>
    public sealed record Replaced(ChannelName Channel, long Attempt) : KeeperMessage;

    /// <summary>The log is forgotten here and the owner's.</summary>
    public sealed record Given(ChannelName Channel, long Attempt) : KeeperMessage;

    /// <summary>From a node that leaves to another one: let the owners of these channels start, if they have not.</summary>
    public sealed record Wake(IReadOnlyList<ChannelName> Channels) : KeeperMessage;
}
