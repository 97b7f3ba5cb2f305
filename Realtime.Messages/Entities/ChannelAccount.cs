using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Entities;

/// <summary>What a channel says of itself to an operator.</summary>
/// <param name="Durability">Of its namespace, as options name it, in lower case.</param>
/// <param name="Head">Null on channels without a log; its epoch is the log's.</param>
/// <param name="Tail">The oldest position that can be read after; null on channels without a log.</param>
/// <param name="Pending">Publishes that wait for a commit.</param>
/// <param name="Listeners">Nodes with subscribers.</param>
/// <param name="Rate">Publishes per second over the last ten seconds.</param>
public sealed record ChannelAccount(
    string Durability, StreamPosition? Head, StreamPosition? Tail, int Pending, IReadOnlyList<NodeId> Listeners, double Rate)
{
    /// <summary>Most members that are named.</summary>
    public const int MostMembers = 100;

    /// <summary>Present; null where the namespace keeps no presence.</summary>
    public int? MemberCount { get; init; }

    /// <summary>Some of them, at most <see cref="MostMembers"/>. Empty in a brief account.</summary>
    public IReadOnlyList<PresentMember> Members { get; init; } = [];
}
