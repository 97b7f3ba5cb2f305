namespace Realtime.Bench.Report;

/// <summary>Prints the conditions and one line per figure, as a Markdown table that can be pasted where it is needed.</summary>
internal static class ReportPrinter
{
    public static async Task PrintAsync(string scenario, BenchOptions options, Figures figures)
    {
        Console.WriteLine();
        Console.WriteLine($"## {scenario}");
        Console.WriteLine();
        var measured = options.AgainstKestrel ? "the bare Kestrel loop" : await Conditions.ProgramAsync(options);
        Conditions.Print(options, [$"measured: {measured}", .. figures.Conditions]);

        var table = new MarkdownTable(["figure", "unit", "median", "min", "max", "goal"], 2, 3, 4);
        foreach (var figure in figures.All)
        {
            var (least, most) = (Figure.Format(figure.Values.Min()), Figure.Format(figure.Values.Max()));
            table.Add(figure.Name, figure.Unit, Figure.Format(figure.Median), least, most, figure.Goal);
        }

        table.Print();

        var judged = figures.All.Where(figure => figure.IsMet() is not null).ToList();
        foreach (var figure in judged)
            Console.WriteLine($"- goal {figure.Goal} {figure.Unit} for {figure.Name}: {(figure.IsMet() == true ? "met" : "missed")}");
        if (judged.Count > 0)
            Console.WriteLine();
        PrintNotes("Cores used, and what was seen, run by run:", figures);
    }

    public static void PrintNotes(string title, Figures figures)
    {
        if (figures.Notes.Count == 0)
            return;
        Console.WriteLine(title);
        Console.WriteLine();
        foreach (var note in figures.Notes)
            Console.WriteLine("- " + note);
        Console.WriteLine();
    }
}
