using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence.Members;

/// <summary>That these are members no longer.</summary>
/// <param name="OnlyStill">Spares those that have been renewed meanwhile.</param>
/// <param name="Reason">For operators, in the middle of a sentence.</param>
public sealed record MemberVerdict(IReadOnlyList<Incarnation> Losers, bool OnlyStill, string Reason);
