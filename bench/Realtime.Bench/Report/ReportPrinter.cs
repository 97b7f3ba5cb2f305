using System.Runtime.InteropServices;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Report;

/// <summary>Prints the conditions and one line per figure, as a Markdown table that can be pasted where it is needed.</summary>
internal static class ReportPrinter
{
    public static async Task PrintAsync(string scenario, BenchOptions options, Figures figures)
    {
        Console.WriteLine();
        Console.WriteLine($"## {scenario}");
        Console.WriteLine();
        Console.WriteLine($"- {Environment.ProcessorCount} cores for server and load together, {Memory()}; {RuntimeInformation.OSDescription.Trim()}");
        Console.WriteLine($"- {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, Release; commit {await Repository.CommitAsync()}");
        Console.WriteLine($"- runs: {options.Runs}, a fresh server each; at most {options.Concurrency} handshakes at a time; {options.SocketsPerProcess:N0} sockets per load process");
        Console.WriteLine($"- node arguments: {(options.NodeArguments.Length == 0 ? "none beyond name, port and store" : options.NodeArguments)}{(options.Verify ? "; every message verified (slower)" : "")}");
        foreach (var condition in figures.Conditions)
            Console.WriteLine("- " + condition);
        Console.WriteLine();

        string[] head = ["figure", "unit", "median", "min", "max", "goal"];
        var rows = figures.All
            .Select(figure => new[] { figure.Name, figure.Unit, Figure.Format(figure.Median), Figure.Format(figure.Values.Min()), Figure.Format(figure.Values.Max()), figure.Goal })
            .ToList();
        var widths = head.Select((title, column) => rows.Append(head).Max(row => row[column].Length)).ToArray();
        PrintRow(head, widths);
        PrintRow([.. widths.Select((width, column) => column is >= 2 and <= 4 ? new string('-', width - 1) + ":" : new string('-', width))], widths);
        foreach (var row in rows)
            PrintRow(row, widths);
        Console.WriteLine();
        foreach (var figure in figures.All)
        {
            if (figure.IsMet is { } met)
                Console.WriteLine($"- goal {figure.Goal} {figure.Unit} for {figure.Name}: {(met ? "met" : "missed")}");
        }

        Console.WriteLine();
        Console.WriteLine("Cores used, run by run:");
        Console.WriteLine();
        foreach (var note in figures.Notes)
            Console.WriteLine("- " + note);
    }

    private static void PrintRow(string[] cells, int[] widths) =>
        Console.WriteLine("| " + string.Join(" | ", cells.Select((cell, column) => column is >= 2 and <= 4 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))) + " |");

    private static string Memory() => $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):F0} GiB";
}
