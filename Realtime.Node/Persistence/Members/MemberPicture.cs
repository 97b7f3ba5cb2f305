using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence.Members;

/// <summary>All rows as one read found them, together with a renewal of the reader's own.</summary>
/// <param name="Began">When the read began, on the process's monotonic clock; what it says is not older.</param>
/// <param name="Generation">Counts foundations and verdicts: what is decided upon this picture holds if the number is still the same.</param>
/// <param name="Founder">Who founded the cluster last, or is about to.</param>
public sealed record MemberPicture(long Began, long Generation, Incarnation Founder, IReadOnlyList<MemberRow> Rows)
{
    /// <summary>Since the cluster was founded last, by the database's clock; null: nobody has.</summary>
    public TimeSpan? SinceFounded { get; init; }

    public MemberRow? Find(Incarnation incarnation) => Rows.FirstOrDefault(row => row.Incarnation == incarnation);
}
