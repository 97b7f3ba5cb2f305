namespace Realtime.Tests.Cluster.Checking;

/// <summary>A session outlives its node once it is written, a moment after its birth. So only what happens to a node, or to the store, in that moment explains a loss.</summary>
internal static class SessionRules
{
    /// <summary>From the welcome until the record is written: ten times the time by which it is written behind.</summary>
    public static readonly TimeSpan Written = TimeSpan.FromSeconds(2);

    public static IEnumerable<Violation> Check(RunHistory history) => history.SessionLosses
        .Where(loss => history.Gentle || !IsExplained(history, loss))
        .Select(loss => new Violation(history.Gentle ? "I9" : "session", $"{loss}, and nothing had been done to a node or to the store when it was born"));

    private static bool IsExplained(RunHistory history, SessionLoss loss) =>
        history.Harms.Any(harm => harm.From <= loss.Born + Written && loss.Born <= harm.To)
        || history.Outages.Any(outage => outage.From <= loss.Born + Written && loss.Born <= outage.To);
}
