using Microsoft.Extensions.Logging;

namespace Realtime.Tests.Support;

/// <summary>Keeps what is logged.</summary>
internal sealed class CollectedLog : ILoggerFactory
{
    private readonly Lock _lock = new();
    private readonly List<LogLine> _lines = [];

    /// <summary>From Debug on.</summary>
    public IReadOnlyList<LogLine> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public IReadOnlyList<LogLine> Of(int number) => [.. Lines.Where(line => line.Event == number)];

    /// <summary>The one line of a number, once it is there.</summary>
    public async Task<LogLine> LineAsync(int number)
    {
        await Soon.IsTrueAsync(() => Of(number).Count > 0, $"a line {number} in the log");
        return Of(number).ShouldHaveSingleItem();
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    /// <param name="Values">By the names of the template's holes; the template itself is <c>{OriginalFormat}</c>.</param>
    internal sealed record LogLine(
        string Category, LogLevel Level, int Event, string Text, Exception? Exception, IReadOnlyDictionary<string, object?> Values);

    private sealed class Logger(CollectedLog log, string category) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Canaries.Suite.Look($"{formatter(state, exception)} {exception}");
            var values = (state as IEnumerable<KeyValuePair<string, object?>> ?? []).ToDictionary();
            lock (log._lock)
            {
                log._lines.Add(new LogLine(category, logLevel, eventId.Id, formatter(state, exception), exception, values));
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
