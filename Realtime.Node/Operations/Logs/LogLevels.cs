using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace Realtime.Node.Operations.Logs;

/// <summary>
/// Which messages are written: as configured, and as operators say meanwhile. Asked before a message is made, for each message, so what was found for a category is
/// kept until somebody says otherwise.
/// </summary>
/// <param name="configured">Whether the configuration lets a category's level through.</param>
/// <param name="ownLevels">Prefixes of categories that the configuration gives levels of their own.</param>
public sealed class LogLevels(Func<string, LogEventLevel, bool> configured, IReadOnlyList<string> ownLevels, TimeProvider time) : IDisposable
{
    private static readonly string[] Names = ["trace", "debug", "information", "warning", "error", "critical"];

    /// <summary>Another one after every word: what is found out by an old word must not land among what the new one says.</summary>
    private volatile ConcurrentDictionary<string, LogEventLevel> _known = new();
    private readonly Dictionary<string, (LogEventLevel Level, ITimer? Back)> _said = [];
    private readonly Lock _lock = new();

    /// <summary>What a level of operators is called, from the least.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <summary>Of all categories without a level of their own.</summary>
    public string Root
    {
        get
        {
            lock (_lock)
            {
                return NameOf(_said.TryGetValue("", out var said) ? said.Level : Configured(""));
            }
        }
    }

    public static string NameOf(LogEventLevel level) => Names[(int)level];

    public static LogEventLevel Parse(string name) => (LogEventLevel)Array.IndexOf(Names, name);

    /// <summary>Whether a category is the prefix, or below it.</summary>
    public static bool IsWithin(string category, string prefix) =>
        category.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && (category.Length == prefix.Length || category[prefix.Length] == '.');

    /// <summary>What Microsoft.Extensions.Logging asks. Its levels and Serilog's count alike.</summary>
    public bool IsEnabled(string? category, LogLevel level) => (int)level >= (int)_known.GetOrAdd(category ?? "", static (name, self) => self.Find(name), this);

    /// <param name="category">Null: all without one of their own.</param>
    /// <param name="span">After which the configured level comes back; null: never.</param>
    public void Set(string? category, LogEventLevel level, TimeSpan? span)
    {
        var key = category ?? "";
        lock (_lock)
        {
            Drop(key);
            _said[key] = (level, null);
            if (span is { } wait)
            {
                // Made after the entry is there, and told which one it is for: a late timer of an earlier word must not end a later one.
                ITimer? back = null;
                back = time.CreateTimer(_ => Return(key, back), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _said[key] = (level, back);
                back.Change(wait, Timeout.InfiniteTimeSpan);
            }

            _known = new ConcurrentDictionary<string, LogEventLevel>();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var key in _said.Keys.ToList())
            {
                Drop(key);
            }
        }
    }

    private void Return(string key, ITimer? back)
    {
        lock (_lock)
        {
            if (_said.TryGetValue(key, out var said) && ReferenceEquals(said.Back, back))
            {
                Drop(key);
                _known = new ConcurrentDictionary<string, LogEventLevel>();
            }
        }
    }

    private void Drop(string key)
    {
        if (_said.Remove(key, out var said))
        {
            said.Back?.Dispose();
        }
    }

    private LogEventLevel Find(string category)
    {
        lock (_lock)
        {
            var nearest = _said.Keys.Where(prefix => prefix.Length > 0 && IsWithin(category, prefix)).MaxBy(prefix => prefix.Length);
            if (nearest is not null)
            {
                return _said[nearest].Level;
            }

            return _said.TryGetValue("", out var all) && !ownLevels.Any(prefix => IsWithin(category, prefix)) ? all.Level : Configured(category);
        }
    }

    private LogEventLevel Configured(string category)
    {
        for (var level = LogEventLevel.Verbose; level < LogEventLevel.Fatal; level++)
        {
            if (configured(category, level))
            {
                return level;
            }
        }

        return LogEventLevel.Fatal;
    }
}
