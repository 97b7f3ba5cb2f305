using System.Text.Json;
using Realtime.Messages.Operators;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Realtime.Pbm.Output;

/// <summary>Where answers go: tables for people or the API's JSON for programs, on standard output; everything about the call itself on standard error.</summary>
internal sealed class Screen
{
    /// <summary>Of lines that nobody's window cuts: programs read them.</summary>
    private const int Unbounded = 1000;

    /// <summary>Terminals fold long lines themselves, and what is copied from them has no line breaks then.</summary>
    private const int Unfolded = 100_000;

    /// <summary>Below this nothing can be laid out, and a terminal that says 0 does not know.</summary>
    private const int Narrowest = 20;

    private readonly Surroundings _around;
    private readonly IAnsiConsole _console;
    private readonly IAnsiConsole _lines;
    private readonly IAnsiConsole _errors;

    public Screen(Surroundings around, bool json, bool colours)
    {
        _around = around;
        Json = json;
        Colours = colours && around.OutputIsTerminal;
        _console = Create(around, around.Output, Colours);
        _lines = Create(around, around.Output, Colours);
        _errors = Create(around, around.Error, colours && around.ErrorIsTerminal);
        _lines.Profile.Width = Unfolded;
        _errors.Profile.Width = Unfolded;
    }

    public bool Json { get; }

    /// <summary>Whether escape codes may be written to standard output.</summary>
    public bool Colours { get; }

    /// <summary>Whether a picture that changes in place can be shown.</summary>
    public bool Moves => Colours && !Json;

    /// <summary>For live pictures, which need the console itself.</summary>
    public IAnsiConsole Console => _console;

    public int Width => _around.OutputIsTerminal ? Math.Max(Narrowest, _around.Width()) : Unbounded;

    public int Height => _around.Height();

    /// <summary>One document or, of tails, one line.</summary>
    public void Document(string json) => _around.Output.WriteLine(json.TrimEnd());

    public void Document<T>(T value) => Document(JsonSerializer.Serialize(value, Calls.OperatorApi.TypeOf<T>()));

    public void Line(string text, Tone tone = Tone.Plain) => Line(new Cell(text, tone));

    /// <summary>Pieces on one line, each with its colour.</summary>
    public void Line(params ReadOnlySpan<Cell> pieces)
    {
        var line = new Paragraph();
        for (var i = 0; i < pieces.Length; i++)
        {
            // What ends a line is not padded, so that nothing invisible stands at its end.
            var text = Words.Clean(pieces[i].Text);
            var ends = i == pieces.Length - 1 || (i == pieces.Length - 2 && pieces[^1].Text.Length == 0);
            line.Append((i == 0 || text.Length == 0 ? "" : " ") + (ends ? text.TrimEnd() : text), Tones.StyleOf(pieces[i].Tone));
        }

        _lines.Write(line);
        _lines.WriteLine();
    }

    public void Gap() => _lines.WriteLine();

    /// <param name="none">What to say instead of an empty table.</param>
    public void Table(Listing listing, string none)
    {
        if (listing.Count == 0)
        {
            Line(none, Tone.Quiet);
            return;
        }

        _console.Profile.Width = Width;
        var (drawing, left) = listing.Fit(Width);
        Draw(drawing);
        if (left.Count > 0)
        {
            Line($"(no room for: {string.Join(", ", left)})", Tone.Quiet);
        }
    }

    /// <summary>Names and what they are, one under the other.</summary>
    public void Facts(params ReadOnlySpan<(string Name, Cell Value)> facts)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(2)).AddColumn(new GridColumn().PadLeft(0).PadRight(0));
        foreach (var (name, value) in facts)
        {
            grid.AddRow(new Text(name, Tones.StyleOf(Tone.Quiet)), new Text(Words.Clean(value.Text), Tones.StyleOf(value.Tone)) { Overflow = Overflow.Fold });
        }

        _console.Profile.Width = Width;
        Draw(grid);
    }

    /// <summary>About the call, not part of its answer.</summary>
    public void Remark(string text)
    {
        _errors.Write(new Text(Words.Clean(text), Tones.StyleOf(Tone.Busy)));
        _errors.WriteLine();
    }

    public void Failure(OperatorError error)
    {
        if (Json)
        {
            _around.Error.WriteLine(JsonSerializer.Serialize(error, OperatorJson.Default.OperatorError));
            return;
        }

        _errors.Write(new Text("pbm: " + Words.Clean(error.Message), Tones.StyleOf(Tone.Bad)));
        _errors.WriteLine();
    }

    /// <summary>Which nodes an answer lacks: a list that looks whole and is not would mislead.</summary>
    public void Missing(IReadOnlyList<string> unreachable)
    {
        if (unreachable.Count > 0)
        {
            Remark($"No answer from {string.Join(", ", unreachable)}: what {(unreachable.Count == 1 ? "it knows" : "they know")} is missing.");
        }
    }

    /// <summary>Spectre fills lines up with spaces; a file full of them is not what anybody wants to compare or paste.</summary>
    private void Draw(IRenderable drawing)
    {
        if (Colours)
        {
            _console.Write(drawing);
            return;
        }

        var plain = new StringWriter();
        var console = Create(_around, plain, colours: false);
        console.Profile.Width = Width;
        console.Write(drawing);
        foreach (var line in plain.ToString().TrimEnd().Split('\n'))
        {
            _around.Output.WriteLine(line.TrimEnd());
        }
    }

    private static IAnsiConsole Create(Surroundings around, TextWriter writer, bool colours)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = colours ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),

            // Enrichers look at the environment of build servers and turn on what was turned off here.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = around.OutputIsTerminal ? Math.Max(Narrowest, around.Width()) : Unbounded;
        console.Profile.Height = Math.Max(5, around.Height());
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
