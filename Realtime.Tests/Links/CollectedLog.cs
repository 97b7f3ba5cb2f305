using Microsoft.Extensions.Logging;
using Realtime.Tests.Support;

namespace Realtime.Tests.Links;

/// <summary>Keeps what is logged, and lets a test wait for a line.</summary>
internal sealed class CollectedLog : ILoggerFactory, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<(int Event, string Line)> _lines = [];
    private readonly List<(int Event, TaskCompletionSource<string> Done)> _waits = [];

    public List<string> Of(int number)
    {
        lock (_lock)
        {
            return [.. _lines.Where(line => line.Event == number).Select(line => line.Line)];
        }
    }

    public Task<string> Line(int number)
    {
        var done = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.FirstOrDefault(line => line.Event == number).Line is { } line)
            {
                done.SetResult(line);
            }
            else
            {
                _waits.Add((number, done));
            }
        }

        return done.Task.Within($"a line {number} in the log");
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
        {
            var line = formatter(state, exception);
            _lines.Add((eventId.Id, line));
            foreach (var wait in _waits.Where(wait => wait.Event == eventId.Id).ToList())
            {
                wait.Done.SetResult(line);
                _waits.Remove(wait);
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
    }
}
