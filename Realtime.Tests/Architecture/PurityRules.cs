using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>
/// What must not stand in a <c>Core</c> folder. A machine that looks at a clock, starts a task or draws a random number cannot be replayed
/// under a seed, and its tests prove something about one moment only.
/// </summary>
internal static partial class PurityRules
{
    public static bool Applies(SourceFile file) =>
        file.Path.EndsWith(".cs", StringComparison.Ordinal) && file.Path.Contains("/Core/", StringComparison.Ordinal);

    public static IEnumerable<string> Faults(SourceFile file) => Impure().Matches(file.Code)
        .Select(match => $"{file.Path}:{file.LineOf(match.Index)}: {match.Value.Trim()} has no place in a pure machine");

    // Timer as a type, not as the name of a property; Task and Stream as whole words only.
    [GeneratedRegex("""
        (?<![\w.])(?:System\.[\w.]*)?(?:
            TimeProvider | ITimer | PeriodicTimer | TimerQueue | new\s+Timer | Threading\.Timer |
            (?:DateTime|DateTimeOffset)\.(?:Now|UtcNow|Today) | Stopwatch | Environment\.\w+ |
            (?:Value)?Task(?:CompletionSource|Scheduler|Factory)? | async | await | Thread(?:Pool)? | Interlocked | Volatile | Monitor | SemaphoreSlim |
            ILogger(?:Factory)? | LoggerMessage | Console |
            Random | RandomNumberGenerator | Guid\.(?:NewGuid|CreateVersion7) |
            File | FileStream | Directory | (?:Memory|Network|Buffered)?Stream | Stream(?:Reader|Writer) | Socket | WebSocket | HttpClient | HttpContext
        )(?!\w)
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Impure();
}
