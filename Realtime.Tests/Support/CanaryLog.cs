using Microsoft.Extensions.Logging;

namespace Realtime.Tests.Support;

/// <summary>Writes nothing and searches everything that a node in this process would write.</summary>
internal sealed class CanaryLog(Canaries canaries) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        canaries.Look($"{formatter(state, exception)} {exception}");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
    }
}
