using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Channels;

/// <summary>What a channel says of itself to an operator.</summary>
/// <param name="Durability">Of its namespace, as options name it, in lower case.</param>
/// <param name="Head">Null on channels without a log, and while it has not been recovered.</param>
/// <param name="Tail">The oldest position that can be read after.</param>
/// <param name="Pending">Publishes that wait for a commit.</param>
/// <param name="Feeds">Nodes with subscribers.</param>
/// <param name="Rate">Publishes per second over the last ten seconds.</param>
public sealed record ChannelInfo(
    string Durability, StreamPosition? Head, StreamPosition? Tail, int Pending, IReadOnlyList<NodeId> Feeds, double Rate)
{
    /// <summary>Most members that are named.</summary>
    public const int MostMembers = 100;

    /// <summary>Whether the log takes appends now; true where there is none.</summary>
    public bool IsAvailable { get; init; } = true;

    /// <summary>Present; null where the namespace keeps no presence.</summary>
    public int? MemberCount { get; init; }

    /// <summary>Some of them, at most <see cref="MostMembers"/>. Empty in a brief one.</summary>
    public IReadOnlyList<PresentMember> Members { get; init; } = [];
}
