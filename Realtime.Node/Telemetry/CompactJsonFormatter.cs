using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;
using Serilog.Parsing;

namespace Realtime.Node.Telemetry;

/// <summary>
/// One JSON object per line in Serilog's compact shape: <c>@t</c> time, <c>@mt</c> message template, <c>@r</c> renderings of holes with a
/// format, <c>@l</c> level unless Information, <c>@x</c> exception, <c>@tr</c> and <c>@sp</c> trace and span, then the properties. Written
/// here because Serilog.Formatting.Compact cannot be had from the package registry in use.
/// </summary>
public sealed class CompactJsonFormatter : ITextFormatter
{
    private readonly JsonValueFormatter _values = new("$type");

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write("{\"@t\":\"");
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        output.Write("\",\"@mt\":");
        JsonValueFormatter.WriteQuotedJsonString(logEvent.MessageTemplate.Text, output);
        WriteRenderings(logEvent, output);
        if (logEvent.Level != LogEventLevel.Information)
        {
            WriteText("@l", logEvent.Level.ToString(), output);
        }

        if (logEvent.Exception is { } exception)
        {
            WriteText("@x", exception.ToString(), output);
        }

        if (logEvent.TraceId is { } trace)
        {
            WriteText("@tr", trace.ToHexString(), output);
        }

        if (logEvent.SpanId is { } span)
        {
            WriteText("@sp", span.ToHexString(), output);
        }

        foreach (var (name, value) in logEvent.Properties)
        {
            output.Write(',');

            // A property of the application's that begins with @ is doubled, so that it cannot pass for one of ours.
            JsonValueFormatter.WriteQuotedJsonString(name.StartsWith('@') ? "@" + name : name, output);
            output.Write(':');
            _values.Format(value, output);
        }

        output.Write("}\n");
    }

    private static void WriteRenderings(LogEvent logEvent, TextWriter output)
    {
        var formatted = logEvent.MessageTemplate.Tokens.OfType<PropertyToken>().Where(token => token.Format is not null).ToList();
        for (var i = 0; i < formatted.Count; i++)
        {
            using var rendering = new StringWriter(CultureInfo.InvariantCulture);
            formatted[i].Render(logEvent.Properties, rendering, CultureInfo.InvariantCulture);
            output.Write(i == 0 ? ",\"@r\":[" : ",");
            JsonValueFormatter.WriteQuotedJsonString(rendering.ToString(), output);
        }

        if (formatted.Count > 0)
        {
            output.Write(']');
        }
    }

    private static void WriteText(string name, string value, TextWriter output)
    {
        output.Write(",\"");
        output.Write(name);
        output.Write("\":");
        JsonValueFormatter.WriteQuotedJsonString(value, output);
    }
}
