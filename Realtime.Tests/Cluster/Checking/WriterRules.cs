namespace Realtime.Tests.Cluster.Checking;

/// <summary>I1: the writers of a log follow each other; none writes again once a later one has begun.</summary>
internal static class WriterRules
{
    public static IEnumerable<Violation> Check(FinalState final)
    {
        foreach (var log in final.Logs.Values)
        {
            var over = new HashSet<long>();
            for (var i = 1; i < log.Writers.Count; i++)
            {
                if (log.Writers[i] == log.Writers[i - 1])
                {
                    continue;
                }

                over.Add(log.Writers[i - 1]);
                if (over.Contains(log.Writers[i]))
                {
                    yield return new Violation("I1", $"{log.Channel}: life {log.Writers[i]} wrote event {i + 1} after life {log.Writers[i - 1]} had begun");
                }
            }
        }
    }
}
