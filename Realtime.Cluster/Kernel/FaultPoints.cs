using System.Globalization;

namespace Realtime.Cluster.Kernel;

/// <summary>
/// Bad luck on demand, for tests of the whole: places where time passes that makes the difference between a guard and none, and guards that
/// can be left out to see whether a test notices. Everything is off unless <see cref="Variable"/> was set when the process started; the node
/// says so as loudly as it can. Never set it where data matters.
/// </summary>
/// <remarks>
/// <c>append-delay=0.12:2000,handoff-delay=0.3:500,news-loss=0.01,ack-before-commit</c>: a delay has its probability and the most it lasts, in
/// milliseconds.
/// </remarks>
public sealed class FaultPoints
{
    public const string Variable = "REALTIME_FAULTPOINTS";

    private static readonly Lazy<FaultPoints> OfProcess = new(() => Parse(Environment.GetEnvironmentVariable(Variable)));

    private FaultPoints(string text) => Text = text;

    /// <summary>Those of this process.</summary>
    /// <exception cref="FormatException">The variable names what there is not: a test that believes to break something must not break nothing.</exception>
    public static FaultPoints Current => OfProcess.Value;

    public string Text { get; }

    public bool IsAny => Text.Length > 0;

    /// <summary>Inside an append, when its checks are made and its rows are written, and before its commit.</summary>
    public FaultDelay Append { get; private set; }

    /// <summary>Inside a hand-off: when everything is exported and confirmed and the owner is not changed yet, and again when it is.</summary>
    public FaultDelay HandOff { get; private set; }

    /// <summary>News of a channel that its relay never gets, as if a link had broken behind them; repaired by what follows.</summary>
    public FaultChance NewsLoss { get; private set; }

    /// <summary>Left out: whether the writer owns the shard (SQLite).</summary>
    public bool NoFence { get; private set; }

    /// <summary>Left out: whether a log's head is the one the writer expects (SQLite).</summary>
    public bool NoHeadCheck { get; private set; }

    /// <summary>Writers are told that their writes are committed whatever became of them, as if nobody had waited to know.</summary>
    public bool AckBeforeCommit { get; private set; }

    /// <summary>Left out: whether a run of messages follows what a subscriber has.</summary>
    public bool NoGapCheck { get; private set; }

    public static FaultPoints Parse(string? text)
    {
        var points = new FaultPoints(text ?? "");
        foreach (var point in points.Text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            points.Set(point, point.Split('=', ':'));
        }

        return points;
    }

    private void Set(string point, string[] parts)
    {
        switch (parts)
        {
            case ["append-delay", var probability, var most]:
                Append = Delay(probability, most);
                break;
            case ["handoff-delay", var probability, var most]:
                HandOff = Delay(probability, most);
                break;
            case ["news-loss", var probability]:
                NewsLoss = new FaultChance(Probability(probability));
                break;
            case ["no-fence"]:
                NoFence = true;
                break;
            case ["no-head-check"]:
                NoHeadCheck = true;
                break;
            case ["ack-before-commit"]:
                AckBeforeCommit = true;
                break;
            case ["no-gap-check"]:
                NoGapCheck = true;
                break;
            default:
                throw new FormatException($"{Variable}: there is no fault point '{point}'");
        }
    }

    private static double Probability(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static FaultDelay Delay(string probability, string most) => new(
        new FaultChance(Probability(probability)),
        TimeSpan.FromMilliseconds(int.Parse(most, NumberStyles.None, CultureInfo.InvariantCulture)));
}
