using Serilog.Events;

namespace Realtime.Node.Telemetry;

/// <summary>What is written to standard output, section <c>Log</c> of a program. Finer levels: section <c>Serilog</c>.</summary>
public sealed class LogOptions
{
    /// <summary>The program's own messages: <c>Verbose</c>, <c>Debug</c>, <c>Information</c>, <c>Warning</c>, <c>Error</c>, <c>Fatal</c>. Default <c>Information</c>.</summary>
    public LogEventLevel Level { get; set; } = LogEventLevel.Information;

    /// <summary><c>Text</c> for people or <c>Json</c>, one object per line. Default <c>Text</c> in Development, else <c>Json</c>.</summary>
    public LogFormat? Format { get; set; }
}
