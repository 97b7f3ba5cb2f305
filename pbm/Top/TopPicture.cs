using Realtime.Messages.Operators;
using Realtime.Pbm.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Realtime.Pbm.Top;

/// <summary>Draws one look of the live view.</summary>
internal static class TopPicture
{
    private const int NameWidth = 14;
    private const int NumberWidth = 8;
    private const int WidestLine = 40;
    private const int MostMoves = 8;

    private static readonly (TopFigure Figure, string Name, Tone Tone)[] Figures =
    [
        (TopFigure.Publishes, "pub/s", Tone.Good), (TopFigure.Deliveries, "del/s", Tone.Good), (TopFigure.Connections, "conns", Tone.Plain),
        (TopFigure.P99, "p99", Tone.Busy), (TopFigure.Lag, "lag", Tone.Busy), (TopFigure.Errors, "err/s", Tone.Bad),
    ];

    /// <param name="trouble">Why what is shown is old; null: it is not.</param>
    public static IRenderable Draw(ClusterStatus cluster, IReadOnlyList<ShardMove> moves, TopHistory history, int width, string? trouble)
    {
        var rows = new List<IRenderable> { Head(cluster) };
        if (trouble is not null)
        {
            rows.Add(new Text(Words.Clean(trouble), Tones.StyleOf(Tone.Bad)));
        }

        rows.Add(new Text(""));
        rows.Add(Nodes(cluster, history, width));
        rows.Add(new Text(""));
        rows.Add(Moves(cluster, moves));
        rows.Add(new Text("q leaves; lag: subscribers that read from the log; err/s: refused requests and handshakes", Tones.StyleOf(Tone.Quiet)) { Overflow = Overflow.Ellipsis });
        return new Rows(rows);
    }

    /// <summary>As many figures as there is room for, with lines as wide as there is room for; without room for lines only numbers.</summary>
    internal static (int Figures, int Line) Layout(int width)
    {
        for (var figures = Figures.Length; figures > 2; figures--)
        {
            var line = ((width - NameWidth) / figures) - NumberWidth - 2;
            if (line >= 5)
            {
                return (figures, Math.Min(WidestLine, line));
            }
        }

        return (Math.Clamp((width - NameWidth) / (NumberWidth + 1), 1, Figures.Length), 0);
    }

    private static Paragraph Head(ClusterStatus cluster)
    {
        var head = new Paragraph { Overflow = Overflow.Fold };
        head.Append(
            cluster.Clustered ? $"{Words.Count(cluster.Nodes.Count, "node")}, seen by {Words.Clean(cluster.Node)} " : $"a single node, {Words.Clean(cluster.Node)} ", Tones.StyleOf(Tone.Strong));
        var standing = Verbs.Shared.Standing(cluster);
        head.Append(standing.Text, Tones.StyleOf(standing.Tone));
        head.Append("  store ");
        head.Append(cluster.Store.Well ? "well" : $"not well: {Words.Clean(cluster.Store.Fault ?? "")}", Tones.StyleOf(cluster.Store.Well ? Tone.Good : Tone.Bad));
        head.Append("  shards ");
        var shards = Verbs.Shared.Shards(cluster);
        head.Append(shards.Text, Tones.StyleOf(shards.Tone));
        return head;
    }

    private static Table Nodes(ClusterStatus cluster, TopHistory history, int width)
    {
        var (figures, line) = Layout(width);
        var table = new Table().Border(TableBorder.None);
        table.AddColumn(Column("node", NameWidth - 1));
        foreach (var (_, name, _) in Figures.Take(figures))
        {
            table.AddColumn(Column(name, NumberWidth).RightAligned());
            if (line > 0)
            {
                table.AddColumn(Column("", line));
            }
        }

        foreach (var node in cluster.Nodes)
        {
            var cells = new List<IRenderable> { Fixed(node.Name, NameWidth - 1, Verbs.Shared.Status(node, "").Tone) };
            foreach (var (figure, _, tone) in Figures.Take(figures))
            {
                var value = TopHistory.Of(node, figure);
                cells.Add(Fixed(Number(figure, value), NumberWidth, Alarming(figure, value) ? tone : Tone.Plain));
                if (line > 0)
                {
                    cells.Add(new Text(Sparkline.Of(history.ValuesOf(node.Name, figure), line, history.Most(figure)), Tones.StyleOf(tone)));
                }
            }

            table.AddRow(cells);
        }

        return table;
    }

    private static Rows Moves(ClusterStatus cluster, IReadOnlyList<ShardMove> moves)
    {
        var lines = new List<IRenderable>();
        if (cluster.Paused.Count > 0)
        {
            lines.Add(new Text(Words.Clean($"moves {Verbs.Shared.Pauses(cluster.Paused).Text}"), Tones.StyleOf(Tone.Busy)));
        }

        foreach (var group in moves.GroupBy(move => (move.Kind, move.From, move.To)).OrderByDescending(group => group.Count()).Take(MostMoves))
        {
            lines.Add(new Text(
                Words.Clean($"{Words.Count(group.Count(), $"{group.Key.Kind} shard")} moving {group.Key.From ?? "from nowhere"} → {group.Key.To}"), Tones.StyleOf(Tone.Busy)));
        }

        if (lines.Count == 0 && cluster.Clustered)
        {
            lines.Add(new Text("no shard is on its way", Tones.StyleOf(Tone.Quiet)));
        }

        return new Rows(lines);
    }

    private static bool Alarming(TopFigure figure, double? value) => figure is TopFigure.Lag or TopFigure.Errors && value > 0;

    internal static string Number(TopFigure figure, double? value) => value is not { } known
        ? "-"
        : figure switch
        {
            TopFigure.P99 => Words.Milliseconds(known),
            TopFigure.Connections or TopFigure.Lag => known < 100_000 ? Words.Number((long)known) : Words.Rate(known),
            _ => Words.Rate(known),
        };

    private static TableColumn Column(string name, int width) => new(new Text(name, Tones.StyleOf(Tone.Quiet))) { Width = width, NoWrap = true, Padding = new Padding(0, 0, 1, 0) };

    private static Text Fixed(string text, int width, Tone tone) =>
        new(Words.Clean(text) is var clean && clean.Length > width ? clean[..(width - 1)] + "…" : clean, Tones.StyleOf(tone));
}
