using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Hosting.Logging;
using Realtime.Node.Telemetry;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace Realtime.Tests.Hosting;

public sealed class LogFormatTests
{
    [Fact]
    public void A_line_is_one_JSON_object_in_the_compact_shape()
    {
        using var line = Format(logger => logger.Warning(new InvalidOperationException("broken\nhere"), "User {User} took {Elapsed:000} ms for {@Thing}", "alice\r\nadmin", 7, new { A = 1 }));
        var root = line.RootElement;

        DateTimeOffset.Parse(root.GetProperty("@t").GetString()!, CultureInfo.InvariantCulture).Offset.ShouldBe(TimeSpan.Zero);
        root.GetProperty("@mt").GetString().ShouldBe("User {User} took {Elapsed:000} ms for {@Thing}");
        root.GetProperty("@r").EnumerateArray().Select(rendering => rendering.GetString()).ShouldBe(["007"]);
        root.GetProperty("@l").GetString().ShouldBe("Warning");
        root.GetProperty("@x").GetString()!.ShouldContain("broken\nhere");
        root.GetProperty("User").GetString().ShouldBe("alice\r\nadmin");
        root.GetProperty("Elapsed").GetInt32().ShouldBe(7);
        root.GetProperty("Thing").GetProperty("A").GetInt32().ShouldBe(1);
    }

    [Fact]
    public void Information_goes_without_a_level_and_foreign_names_cannot_pass_for_ours()
    {
        using var line = Format(logger => logger.ForContext("@l", "Fatal").Information("hello"));

        line.RootElement.TryGetProperty("@l", out _).ShouldBeFalse();
        line.RootElement.TryGetProperty("@x", out _).ShouldBeFalse();
        line.RootElement.TryGetProperty("@r", out _).ShouldBeFalse();
        line.RootElement.GetProperty("@@l").GetString().ShouldBe("Fatal");
    }

    [Fact]
    public void A_line_break_in_a_value_cannot_forge_a_line_of_text()
    {
        var collected = new CollectingSink();
        using var logger = new LoggerConfiguration().WriteTo.Sink(collected).CreateLogger();
        logger.Information("User {User} came", "alice\r\n00:00:00.000 INF User admin came");
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        new MessageTemplateTextFormatter(SerilogSetup.TextTemplate, CultureInfo.InvariantCulture).Format(collected.Events.ShouldHaveSingleItem(), output);

        output.ToString().TrimEnd().ShouldNotContain("\n");
    }

    [Theory]
    [InlineData(null, null, LogEventLevel.Information, LogEventLevel.Warning)]
    [InlineData("Debug", null, LogEventLevel.Debug, LogEventLevel.Warning)]
    [InlineData("Error", "Serilog:MinimumLevel:Override:Microsoft=Information", LogEventLevel.Error, LogEventLevel.Information)]
    [InlineData("Error", "Serilog:MinimumLevel:Default=Verbose", LogEventLevel.Verbose, LogEventLevel.Warning)]
    [InlineData(null, "Serilog:MinimumLevel:Override:Realtime=Fatal", LogEventLevel.Fatal, LogEventLevel.Warning)]
    public void Levels_come_from_configuration(string? level, string? finer, LogEventLevel own, LogEventLevel framework)
    {
        var settings = new Dictionary<string, string?>();
        if (level is not null)
        {
            settings["Realtime:Log:Level"] = level;
        }

        if (finer?.Split('=') is [var key, var value])
        {
            settings[key] = value;
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        using var logger = SerilogSetup.CreateLogger(configuration, NodeConfiguration.Read(configuration).Options.Log, isDevelopment: true);

        Least(logger.ForContext(Serilog.Core.Constants.SourceContextPropertyName, "Realtime.Node.Hosting.NodeHost")).ShouldBe(own);
        Least(logger.ForContext(Serilog.Core.Constants.SourceContextPropertyName, "Microsoft.AspNetCore.Routing")).ShouldBe(framework);
    }

    private static LogEventLevel Least(ILogger logger) => Enum.GetValues<LogEventLevel>().First(logger.IsEnabled);

    private static JsonDocument Format(Action<ILogger> write)
    {
        var collected = new CollectingSink();
        using var logger = new LoggerConfiguration().WriteTo.Sink(collected).CreateLogger();
        write(logger);
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        new CompactJsonFormatter().Format(collected.Events.ShouldHaveSingleItem(), output);
        var text = output.ToString();
        text.ShouldEndWith("\n");
        text.Count(c => c == '\n').ShouldBe(1, "one line per event, whatever the values hold");
        return JsonDocument.Parse(text);
    }

    private sealed class CollectingSink : Serilog.Core.ILogEventSink
    {
        public List<LogEvent> Events { get; } = [];

        public void Emit(LogEvent logEvent) => Events.Add(logEvent);
    }
}
