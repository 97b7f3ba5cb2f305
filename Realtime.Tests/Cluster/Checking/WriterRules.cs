namespace Realtime.Tests.Cluster.Checking;

/// <summary>
/// I1: the writers of a log follow each other. A process may have a log again that another had meanwhile; whoever comes after another begins with the fence, and
/// one that did not notice that it was followed cannot.
/// </summary>
internal static class WriterRules
{
    public static IEnumerable<Violation> Check(FinalState final)
    {
        foreach (var log in final.Logs.Values)
        {
            for (var i = 1; i < log.Writers.Count; i++)
            {
                var (before, now) = (log.Writers[i - 1], log.Writers[i]);
                if (now.Life != before.Life && !now.Opens)
                {
                    yield return new Violation("I1", $"{log.Channel}: life {now.Life} wrote event {i + 1} behind life {before.Life} without having opened the log");
                }
            }
        }
    }
}
