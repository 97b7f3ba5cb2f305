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

    public static string Format(double value) => value.ToString(value >= 1000 ? "N0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
