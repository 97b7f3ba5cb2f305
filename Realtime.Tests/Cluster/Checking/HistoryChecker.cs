namespace Realtime.Tests.Cluster.Checking;

/// <summary>Judges a run. Sorts and joins over unique payload ids and the offsets the server gave: no search.</summary>
internal static class HistoryChecker
{
    /// <param name="final">Null: it could not be read, and then nothing is proved.</param>
    public static IReadOnlyList<Violation> Check(RunHistory history, FinalState? final) =>
        final is null
            ? [new Violation("run", "the final state could not be read")]
            : [.. Proves(history), .. WriterRules.Check(final), .. PublishRules.Check(history, final), .. StreamRules.Check(history, final),
                .. PresenceRules.Check(history), .. SessionRules.Check(history), .. MembershipRules.Check(history, final)];

    /// <summary>An empty history breaks no rule.</summary>
    private static IEnumerable<Violation> Proves(RunHistory history)
    {
        if (!history.Publications.Any(publication => publication.End == PublicationEnd.Acknowledged))
        {
            yield return new Violation("run", "nothing was published");
        }

        if (!history.Streams.Any(stream => stream.Events.OfType<StreamEvent.Message>().Any()))
        {
            yield return new Violation("run", "nothing was delivered");
        }

        foreach (var (fault, count) in history.Faults)
        {
            if (count == 0)
            {
                yield return new Violation("run", $"the fault '{fault}' was planned and never took effect");
            }
        }

        foreach (var publication in history.Publications.Where(publication => publication.End == PublicationEnd.Pending))
        {
            yield return new Violation("I5a", $"{publication} was never answered");
        }

        // What is sent once while a connection is taken over by its successor is nobody's: the protocol says unknown.
        foreach (var publication in history.Publications.Where(publication =>
            history.Gentle && (publication.End == PublicationEnd.Refused || publication is { End: PublicationEnd.Unknown, ExactlyOnce: true })))
        {
            yield return new Violation("I9", $"{publication} failed although nobody died");
        }

        foreach (var what in history.Breaks)
        {
            yield return new Violation("I4a", what);
        }

        foreach (var trouble in history.Troubles)
        {
            yield return new Violation("run", trouble);
        }
    }
}
