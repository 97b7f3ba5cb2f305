using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Operations;

/// <summary>What the journals suffer from at the moment, in words.</summary>
internal static class StoreTroubles
{
    /// <summary>A sentence for each journal that is in trouble, or one for a store that is lost; empty when all is well.</summary>
    public static IReadOnlyList<string> Of(Journals journals) =>
        Loss(journals) is { } loss ? [$"{char.ToUpperInvariant(loss[0])}{loss[1..]}."] : [.. journals.All.Select(Of).OfType<string>()];

    /// <returns>Null: it is well.</returns>
    public static string? Of(JournalHandle journal) => Cause(journal) is { } cause ? $"The store is not well ({journal.Name}): {cause}." : null;

    /// <summary>The causes alone, for those who say themselves what it is about. Null: both are well.</summary>
    public static string? Causes(Journals journals) =>
        Loss(journals) is { } loss ? loss
        : string.Join("; ", journals.All.Select(journal => (journal.Name, Cause: Cause(journal))).Where(known => known.Cause is not null).Select(known => $"{known.Name}: {known.Cause}"))
            is { Length: > 0 } causes ? causes : null;

    private static string? Loss(Journals journals) => journals.Store.Loss is { } why ? $"this node has lost its store: {why}" : null;

    private static string? Cause(JournalHandle journal) => journal.State is { Trouble: { } trouble } state
        ? Meaning(trouble) + (state.LastFailure is { } last ? ": " + last.Message : "")
        : null;

    private static string Meaning(StoreFailureKind kind) => kind switch
    {
        StoreFailureKind.StorageFull => "no room is left",
        StoreFailureKind.OutOfReach => "it does not answer",
        _ => "calls fail",
    };
}
