using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Operations;

/// <summary>What the journals suffer from at the moment, in words.</summary>
internal static class StoreTroubles
{
    /// <summary>One line for each journal that is in trouble; empty when both are well.</summary>
    public static IReadOnlyList<string> Of(Journals journals) => [.. journals.All.Select(Of).OfType<string>()];

    /// <returns>Null: it is well.</returns>
    public static string? Of(JournalHandle journal) => journal.State is { Trouble: { } trouble } state
        ? $"The store is not well ({journal.Name}): {Meaning(trouble)}{(state.LastFailure is { } last ? ": " + last.Message : "")}."
        : null;

    private static string Meaning(StoreFailureKind kind) => kind switch
    {
        StoreFailureKind.StorageFull => "no room is left",
        StoreFailureKind.OutOfReach => "it does not answer",
        _ => "calls fail",
    };
}
