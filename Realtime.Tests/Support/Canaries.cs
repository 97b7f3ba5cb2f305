using System.Collections.Concurrent;

namespace Realtime.Tests.Support;

/// <summary>Secrets that tests bring to nodes, whatever they are about. What nodes write, in this process or as processes of their own, is searched for them.</summary>
internal sealed class Canaries
{
    /// <summary>Secrets are searched for in each line, so only the newest are remembered.</summary>
    private const int Remembered = 128;

    /// <summary>Shorter ones may stand in a line by chance.</summary>
    private const int Shortest = 16;

    private readonly ConcurrentQueue<string> _planted = [];
    private readonly ConcurrentQueue<string> _leaked = [];

    /// <summary>Of all tests.</summary>
    public static Canaries Suite { get; } = new();

    /// <summary>Of a token: a part of its signature, which nobody writes by chance.</summary>
    /// <returns>The secret.</returns>
    public string Plant(string secret)
    {
        var mark = MarkOf(secret);
        if (mark.Length >= Shortest && !_planted.Contains(mark))
        {
            _planted.Enqueue(mark);
            while (_planted.Count > Remembered && _planted.TryDequeue(out _))
            {
            }
        }

        return secret;
    }

    /// <param name="own">Marks of secrets that only the writer of this line was given.</param>
    public void Look(string line, IEnumerable<string>? own = null)
    {
        foreach (var mark in _planted.Concat(own ?? []))
        {
            if (line.Contains(mark, StringComparison.Ordinal))
            {
                _leaked.Enqueue($"{line[..Math.Min(line.Length, 400)]} (the secret that contains {mark})");
            }
        }
    }

    /// <summary>What was found since the last time.</summary>
    public IReadOnlyList<string> Take()
    {
        List<string> found = [];
        while (_leaked.TryDequeue(out var line))
        {
            found.Add(line);
        }

        return found;
    }

    /// <summary>Values of an environment whose names say that they are secret.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyDictionary<string, string> environment) =>
    [
        .. environment.Where(entry => entry.Key.EndsWith("KEY", StringComparison.OrdinalIgnoreCase) || entry.Key.EndsWith("SECRET", StringComparison.OrdinalIgnoreCase)
            || entry.Key.EndsWith("PASSWORD", StringComparison.OrdinalIgnoreCase)).Select(entry => entry.Value).Where(value => value.Length >= Shortest && !File.Exists(value)),
    ];

    private static string MarkOf(string secret)
    {
        var last = secret[(secret.LastIndexOf('.') + 1)..];
        return last.Length >= 2 * Shortest ? last[^(Shortest + 4)..^4] : last;
    }
}
