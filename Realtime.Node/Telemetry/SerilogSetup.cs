using Microsoft.Extensions.Configuration;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;
using Serilog.Settings.Configuration;

namespace Realtime.Node.Telemetry;

/// <summary>A program's logger: to standard output, for people or for machines, levels from its section <c>Log</c> and from <c>Serilog</c>.</summary>
public static class SerilogSetup
{
    public const string Section = "Serilog";

    // j, and not lj: values are written as JSON, so a line break in a user's name cannot forge a line of the log.
    internal const string TextTemplate = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:j}{NewLine}{Exception}";

    private static readonly string[] FrameworkCategories = ["Microsoft", "System", "Akka"];
    private static readonly ConfigurationReaderOptions ReaderOptions = new(typeof(ConsoleLoggerConfigurationExtensions).Assembly);

    /// <summary>What is wrong with section <c>Serilog</c>, or null.</summary>
    public static string? Fault(IConfiguration configuration)
    {
        try
        {
            using var trial = new LoggerConfiguration().ReadFrom.Configuration(configuration, ReaderOptions).CreateLogger();
            return null;
        }
        catch (Exception fault)
        {
            return $"{Section}: {fault.Message.ReplaceLineEndings(" ")}";
        }
    }

    /// <param name="also">Gets what is written, too.</param>
    /// <param name="allLevels">Everything is written: whoever logs asks <see cref="CreateLevels"/> first.</param>
    public static Logger CreateLogger(
        IConfiguration configuration, LogOptions options, bool isDevelopment, ILogEventSink? also = null, bool allLevels = false)
    {
        var logger = Configured(configuration, options)
            .Filter.ByExcluding(Repeats)
            .Filter.ByExcluding(ShowsQueryStrings);
        if (allLevels)
        {
            logger.MinimumLevel.Verbose();
            foreach (var category in OwnLevels(configuration))
            {
                logger.MinimumLevel.Override(category, LogEventLevel.Verbose);
            }
        }

        if (also is not null)
        {
            logger.WriteTo.Sink(also);
        }

        return (options.Format ?? (isDevelopment ? LogFormat.Text : LogFormat.Json)) is LogFormat.Json
            ? logger.WriteTo.Console(new CompactJsonFormatter()).CreateLogger()
            : logger.WriteTo.Console(outputTemplate: TextTemplate, formatProvider: System.Globalization.CultureInfo.InvariantCulture).CreateLogger();
    }

    /// <summary>Writes nothing, and knows what is to be written by the configuration: for programs whose levels can be changed while they run.</summary>
    public static Logger CreateLevels(IConfiguration configuration, LogOptions options) => Configured(configuration, options).CreateLogger();

    /// <summary>Prefixes of the categories that have levels of their own.</summary>
    public static IReadOnlyList<string> OwnLevels(IConfiguration configuration) =>
        [.. FrameworkCategories.Union(configuration.GetSection($"{Section}:MinimumLevel:Override").GetChildren().Select(child => child.Key))];

    private static LoggerConfiguration Configured(IConfiguration configuration, LogOptions options)
    {
        var logger = new LoggerConfiguration().MinimumLevel.Is(options.Level);
        foreach (var category in FrameworkCategories)
        {
            logger.MinimumLevel.Override(category, LogEventLevel.Warning);
        }

        return logger.ReadFrom.Configuration(configuration, ReaderOptions);
    }

    /// <summary>
    /// Start-up faults come back as exceptions, and whoever started the node is told once, in one line. The host and Kestrel would
    /// each write the same with a stack trace first.
    /// </summary>
    private static bool Repeats(LogEvent logged) => (Source(logged), logged.Level) is
        ("Microsoft.AspNetCore.Server.Kestrel", LogEventLevel.Fatal) or
        ("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Error) && logged.MessageTemplate.Text.StartsWith("Hosting failed to start", StringComparison.Ordinal);

    /// <summary>ASP.NET Core's own request lines carry the query string, where tickets travel. A node writes lines of its own.</summary>
    private static bool ShowsQueryStrings(LogEvent logged) =>
        Source(logged) == "Microsoft.AspNetCore.Hosting.Diagnostics" && logged.Level <= LogEventLevel.Information;

    private static string? Source(LogEvent logged) =>
        logged.Properties.TryGetValue(Constants.SourceContextPropertyName, out var source) && source is ScalarValue { Value: string name } ? name : null;
}
