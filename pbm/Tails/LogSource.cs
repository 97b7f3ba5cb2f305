using System.Text.Json;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Tails;

/// <summary>Log lines of one node.</summary>
/// <param name="named">Whether lines say which node they are of.</param>
internal sealed class LogSource(OperatorApi api, string node, bool named, int last, string? level, string? category) : TailSource(node)
{
    private const int Page = 1000;

    private readonly NumberedCursor _cursor = new();

    public override void Distrust() => _cursor.Distrust();

    public override async Task<TailBatch> ReadAsync(CancellationToken stop)
    {
        var page = await AskAsync(stop).ConfigureAwait(false);
        if (_cursor.IsOfAnotherLife(page.Next))
        {
            _cursor.Distrust();
            page = await AskAsync(stop).ConfigureAwait(false);
        }

        var newest = _cursor.After is null;
        var (news, hole) = _cursor.Take(page.Lines, page.Next, static line => (line.At, line.Number), page.Lines.Count >= Page);
        return new TailBatch(
            [.. news.Select(Line)],
            hole ? $"lines of {Name} may be missing: it was away, and its memory does not reach back far enough" : newest ? null : TailBatch.MissedWords(page.Missed, "line"),
            newest ? null : page.Missed,
            More: !newest && page.Lines.Count >= Page);
    }

    private TailLine Line(LogLine line)
    {
        var json = JsonSerializer.Serialize(line, OperatorJson.Default.LogLine);
        var text = line.Exception is null ? line.Text : $"{line.Text} | {line.Exception}";
        List<Cell> cells = [Cell.Quiet(Words.ExactTime(line.At)), new Cell(Short(line.Level), Tones.OfLevel(line.Level)), Cell.Quiet(line.Category), new Cell(text, Tones.OfLevel(line.Level))];
        if (named)
        {
            cells.Insert(1, new Cell(Name, Tone.Strong));
        }

        return new TailLine(line.At, named ? $"{{\"node\":{JsonSerializer.Serialize(Name, OperatorJson.Default.String)},\"line\":{json}}}" : json, cells);
    }

    /// <summary>Four letters each: the texts begin at the same column.</summary>
    private static string Short(string level) => level switch
    {
        "trace" => "trce",
        "debug" => "dbug",
        "information" => "info",
        "warning" => "warn",
        "error" => "fail",
        "critical" => "crit",
        _ => level,
    };

    private async Task<LogPage> AskAsync(CancellationToken stop)
    {
        var limit = _cursor.Begun ? Page : last;
        var path = ApiPaths.With(ApiPaths.Node(Name, "log"), ("after", _cursor.After), ("limit", Math.Max(1, limit)), ("level", level), ("category", category));
        var page = (await api.GetAsync<LogPage>(path, stop).ConfigureAwait(false)).Value;
        return limit == 0 ? page with { Lines = [] } : page;
    }
}
