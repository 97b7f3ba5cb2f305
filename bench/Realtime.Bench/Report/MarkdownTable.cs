namespace Realtime.Bench.Report;

/// <summary>A table whose columns are as wide as what stands in them.</summary>
/// <param name="numbers">Columns that are read from the right.</param>
internal sealed class MarkdownTable(string[] head, params int[] numbers)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print()
    {
        var widths = head.Select((_, column) => _rows.Append(head).Max(row => row[column].Length)).ToArray();
        Print(head, widths);
        Print([.. widths.Select((width, column) => IsNumber(column) ? new string('-', width - 1) + ":" : new string('-', width))], widths);
        foreach (var row in _rows)
            Print(row, widths);
        Console.WriteLine();
    }

    private void Print(string[] cells, int[] widths)
    {
        var padded = cells.Select((cell, column) => IsNumber(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
        Console.WriteLine("| " + string.Join(" | ", padded) + " |");
    }

    private bool IsNumber(int column) => numbers.Contains(column);
}
