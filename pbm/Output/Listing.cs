using Spectre.Console;
using Spectre.Console.Rendering;

namespace Realtime.Pbm.Output;

/// <summary>
/// A table that fits: columns that matter less go first, then long texts are cut. A row is always one line, so that <c>grep</c> and
/// <c>awk</c> can read what is not a terminal.
/// </summary>
internal sealed class Listing(params IReadOnlyList<Column> columns)
{
    private const int Gap = 2;
    private const int LeastOfShrunk = 12;

    private readonly List<Cell[]> _rows = [];

    public int Count => _rows.Count;

    public void Add(params ReadOnlySpan<Cell> cells)
    {
        if (cells.Length != columns.Count)
        {
            throw new InvalidOperationException($"{cells.Length} cells for {columns.Count} columns");
        }

        var row = cells.ToArray();
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = row[i] with { Text = Words.Clean(row[i].Text) };
        }

        _rows.Add(row);
    }

    /// <summary>What to draw, and the names of the columns there was no room for.</summary>
    public (IRenderable Drawing, IReadOnlyList<string> Left) Fit(int width)
    {
        var widths = columns.Select((column, i) => _rows.Select(row => CellsOf(row[i].Text)).Append(column.Name.Length).Max()).ToArray();
        var shown = Enumerable.Range(0, columns.Count).ToList();
        while (Least(shown, widths) > width && shown.Where(i => columns[i].Rank > 0).OrderByDescending(i => columns[i].Rank).ThenByDescending(i => i).Cast<int?>().FirstOrDefault() is { } goes)
        {
            shown.Remove(goes);
        }

        foreach (var i in shown.Where(i => columns[i].Shrinks).OrderByDescending(i => widths[i]))
        {
            var excess = Total(shown, widths) - width;
            widths[i] = excess > 0 ? Math.Max(Math.Min(widths[i], LeastOfShrunk), widths[i] - excess) : widths[i];
        }

        var table = new Table().Border(TableBorder.None);
        foreach (var i in shown)
        {
            var column = new TableColumn(new Text(columns[i].Name.ToUpperInvariant(), Tones.StyleOf(Tone.Quiet)))
            {
                Width = widths[i],
                NoWrap = true,
                Padding = new Padding(0, 0, i == shown[^1] ? 0 : Gap, 0),
            };
            table.AddColumn(columns[i].Right ? column.RightAligned() : column);
        }

        foreach (var row in _rows)
        {
            table.AddRow(shown.Select(i => new Text(Cut(row[i].Text, widths[i]), Tones.StyleOf(row[i].Tone))));
        }

        return (table, [.. Enumerable.Range(0, columns.Count).Except(shown).Select(i => columns[i].Name)]);
    }

    private static int Total(List<int> shown, int[] widths) => shown.Sum(i => widths[i] + Gap) - Gap;

    private static int CellsOf(string text) => new Segment(text).CellCount();

    private static string Cut(string text, int width)
    {
        if (CellsOf(text) <= width)
        {
            return text;
        }

        var end = text.Length;
        while (end > 0 && (CellsOf(text[..end]) > width - 1 || char.IsHighSurrogate(text[end - 1])))
        {
            end--;
        }

        return text[..end] + "…";
    }

    private int Least(List<int> shown, int[] widths) =>
        shown.Sum(i => (columns[i].Shrinks ? Math.Min(widths[i], LeastOfShrunk) : widths[i]) + Gap) - Gap;
}
