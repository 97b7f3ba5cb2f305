namespace Realtime.Bench.Report;

/// <summary>
/// Prints what two nodes did, side by side: medians, spread, the ratio of the medians, and whether the goals are met by this one.
/// </summary>
internal static class ComparisonPrinter
{
    private const string Missing = "–";

    public static async Task PrintAsync(string scenario, BenchOptions own, BenchOptions other, Comparison comparison)
    {
        Console.WriteLine();
        Console.WriteLine($"## {scenario}: this node against the other");
        Console.WriteLine();
        Conditions.Print(own,
        [
            "alternately, other first in odd runs and this one first in even runs",
            $"this: {await Conditions.ProgramAsync(own)}",
            $"other: {await Conditions.ProgramAsync(other)}",
            .. comparison.Own.Conditions.Union(comparison.Other.Conditions),
            .. Failures("this", comparison.OwnFailures),
            .. Failures("the other", comparison.OtherFailures),
        ]);

        var table = new MarkdownTable(
            ["figure", "unit", "other", "min – max", "this", "min – max", "this / other", "goal", ""], 2, 3, 4, 5, 6);
        foreach (var (mine, theirs) in comparison.Pairs)
        {
            var named = (mine ?? theirs)!;
            var ratio = mine is not null && theirs is { Median: not 0 } ? Figure.Format(mine.Median / theirs.Median) + " ×" : Missing;
            var met = mine?.IsMet(theirs) switch { true => "met", false => "missed", null => "" };
            table.Add(named.Name, named.Unit, Median(theirs), Spread(theirs), Median(mine), Spread(mine), ratio, named.Goal, met);
        }

        table.Print();
        ReportPrinter.PrintNotes("Cores used by the other, run by run:", comparison.Other);
        ReportPrinter.PrintNotes("Cores used by this node, run by run:", comparison.Own);
    }

    private static IEnumerable<string> Failures(string which, int count) =>
        count == 0 ? [] : [$"**failed runs of {which}: {count}**, which are not in the table; standard error says how"];

    private static string Median(Figure? figure) => figure is null ? Missing : Figure.Format(figure.Median);

    private static string Spread(Figure? figure) =>
        figure is null ? Missing : $"{Figure.Format(figure.Values.Min())} – {Figure.Format(figure.Values.Max())}";
}
