using System.Globalization;

namespace Realtime.Bench.Report;

/// <param name="Goal">
/// What the project set out to reach, in words; empty where there is none. <c>× the other</c> at its end: against the other node of a
/// comparison, and no goal at all where there is none.
/// </param>
internal sealed record Figure(string Name, string Unit, string Goal)
{
    private const string AgainstOther = "× the other";

    public List<double> Values { get; } = [];

    public double Median
    {
        get
        {
            var sorted = Values.Order().ToArray();
            var middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /// <summary>A figure that says the run lost something must fail the benchmark, not only stand in its table.</summary>
    public bool IsBroken => Goal.StartsWith('=') && IsMet() == false;

    private bool IsRelative => Goal.EndsWith(AgainstOther, StringComparison.Ordinal);

    private double Limit => double.Parse(
        IsRelative ? Goal.AsSpan(1, Goal.Length - 1 - AgainstOther.Length) : Goal.AsSpan(1),
        NumberStyles.Float | NumberStyles.AllowThousands,
        CultureInfo.InvariantCulture);

    /// <summary>
    /// Whether the goal was met: by the median, but by every single run where the goal is that something does not happen (<c>= 0</c>).
    /// Null: there is no goal.
    /// </summary>
    /// <param name="other">The same figure of the other node.</param>
    public bool? IsMet(Figure? other = null)
    {
        if (Goal.Length < 3 || (IsRelative && other is null))
            return null;
        var reached = IsRelative ? Median / other!.Median : Median;
        return Goal[0] switch
        {
            '≤' => reached <= Limit,
            '≥' => reached >= Limit,
            '=' => Values.TrueForAll(value => value == Limit),
            _ => null,
        };
    }

    public static string Format(double value) =>
        value.ToString(value >= 1000 ? "N0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
