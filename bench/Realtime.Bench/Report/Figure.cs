using System.Globalization;

namespace Realtime.Bench.Report;

/// <param name="Goal">What the project set out to reach, in words; empty where there is none.</param>
internal sealed record Figure(string Name, string Unit, string Goal)
{
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

    /// <summary>
    /// Whether the goal was met: by the median, but by every single run where the goal is that something does not happen (<c>= 0</c>). Null: there is no goal.
    /// </summary>
    public bool? IsMet => Goal.Length < 3 ? null : Goal[0] switch
    {
        '≤' => Median <= Limit,
        '≥' => Median >= Limit,
        '=' => Values.TrueForAll(value => value == Limit),
        _ => null,
    };

    /// <summary>A figure that says the run lost something must fail the benchmark, not only stand in its table.</summary>
    public bool IsBroken => Goal.StartsWith('=') && IsMet == false;

    private double Limit => double.Parse(Goal.AsSpan(1), NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    public static string Format(double value) => value.ToString(value >= 1000 ? "N0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
