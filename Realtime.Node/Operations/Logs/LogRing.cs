using System.Globalization;
using Realtime.Messages.Operators;
using Realtime.Node.Operations.Records;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace Realtime.Node.Operations.Logs;

/// <summary>
/// The last lines of this node's log, for operators who cannot get at its output. Gets only what is written anyhow, so a message below its level costs nothing; a
/// line costs its rendered text, and all lines together are bounded.
/// </summary>
public sealed class LogRing : ILogEventSink
{
    public const int MostLines = 4096;
    public const int MostBytes = 2 * 1024 * 1024;
    private const int MostText = 8 * 1024;

    /// <summary>In a page: one character can become six in JSON, and an answer between nodes has to fit into its frame.</summary>
    private const int MostPage = 128 * 1024;
    private const int EntryBytes = 160;

    private static readonly MessageTemplateTextFormatter Template = new("{Message:lj}", CultureInfo.InvariantCulture);
    private readonly NumberedRing<LogLine> _lines = new(MostLines, MostBytes);

    public void Emit(LogEvent logEvent)
    {
        ArgumentNullException.ThrowIfNull(logEvent);
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        Template.Format(logEvent, output);
        var text = Cut(output.ToString());
        var category = Text(logEvent, Constants.SourceContextPropertyName) ?? "";
        var fault = logEvent.Exception is { } exception ? Cut(exception.ToString()) : null;
        var level = LogLevels.NameOf(logEvent.Level);
        var number = EventOf(logEvent);
        _lines.Add(
            line => new LogLine(line, logEvent.Timestamp, level, category, number, text, fault),
            EntryBytes + (sizeof(char) * (text.Length + (fault?.Length ?? 0))));
    }

    /// <param name="least">Lines of lower levels are left out; null: none are.</param>
    /// <param name="category">What their category begins with; null: anything.</param>
    public LogPage Read(long? after, int limit, string? least, string? category)
    {
        var floor = least is null ? LogEventLevel.Verbose : LogLevels.Parse(least);
        var page = _lines.Read(after, limit, Fits, MostPage, static line => line.Text.Length + (line.Exception?.Length ?? 0) + line.Category.Length);
        return new LogPage(page.Entries, page.Next, page.Missed);

        bool Fits(LogLine line) => LogLevels.Parse(line.Level) >= floor && (category is null || LogLevels.IsWithin(line.Category, category));
    }

    private static string Cut(string text) => text.Length <= MostText ? text : string.Concat(text.AsSpan(0, MostText), "…");

    private static string? Text(LogEvent logged, string name) =>
        logged.Properties.TryGetValue(name, out var value) && value is ScalarValue { Value: string text } ? text : null;

    private static int EventOf(LogEvent logged) =>
        logged.Properties.TryGetValue("EventId", out var value) && value is StructureValue structure &&
        structure.Properties.FirstOrDefault(property => property.Name == "Id")?.Value is ScalarValue { Value: int number } ? number : 0;
}
