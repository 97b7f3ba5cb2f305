using Realtime.Bench.Report;
using Realtime.Bench.Scenarios;

namespace Realtime.Bench;

/// <summary>Runs a scenario as often as asked, on one program or alternately on two, and prints what came out.</summary>
internal static class ScenarioRuns
{
    /// <returns>False: a run failed, or something that must not happen did.</returns>
    public static Task<bool> RunAsync(IScenario scenario, BenchOptions options) =>
        options.Against is { } other ? CompareAsync(scenario, options, options with { Node = other }) : MeasureAsync(scenario, options);

    private static async Task<bool> MeasureAsync(IScenario scenario, BenchOptions options)
    {
        var figures = new Figures();
        for (var run = 1; run <= options.Runs; run++)
        {
            await Console.Error.WriteLineAsync($"{scenario.Name}, run {run} of {options.Runs}");
            if (!await TryAsync(scenario, options, figures))
                return false;
        }

        await ReportPrinter.PrintAsync(scenario.Name, options, figures);
        return !figures.All.Any(figure => figure.IsBroken);
    }

    /// <summary>
    /// A B, then B A, then A B: what changes on the machine over time falls on both. A failed run is listed and the others go on, so that
    /// the rest of a long comparison is not lost.
    /// </summary>
    private static async Task<bool> CompareAsync(IScenario scenario, BenchOptions ours, BenchOptions others)
    {
        var comparison = new Comparison();
        for (var run = 1; run <= ours.Runs; run++)
        {
            bool[] order = run % 2 == 1 ? [true, false] : [false, true];
            foreach (var isOther in order)
            {
                await Console.Error.WriteLineAsync($"{scenario.Name}, run {run} of {ours.Runs}, {(isOther ? "the other" : "this")} node");
                var whole = await TryAsync(scenario, isOther ? others : ours, isOther ? comparison.Other : comparison.Own);
                if (!whole)
                    comparison.Failed(isOther);
            }
        }

        await ComparisonPrinter.PrintAsync(scenario.Name, ours, others, comparison);
        return comparison is { OwnFailures: 0, OtherFailures: 0 } && !comparison.Own.All.Any(figure => figure.IsBroken);
    }

    /// <summary>A run that fails leaves no figures behind, not even those it had added before.</summary>
    private static async Task<bool> TryAsync(IScenario scenario, BenchOptions options, Figures figures)
    {
        var run = new Figures();
        try
        {
            await scenario.RunAsync(options, run);
            figures.Add(run);
            return true;
        }
        catch (Exception fault) when (fault is BenchFailedException or TimeoutException)
        {
            await Console.Error.WriteLineAsync($"FAILED: {scenario.Name}: {fault.Message}");
            return false;
        }
    }
}
