using System.Runtime.InteropServices;

namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>
/// The size that no file of this process may exceed (<c>ulimit -f</c>). A write beyond it brings a signal, which ends a process that does not
/// ask for it; else the write fails.
/// </summary>
internal static class FileSizeLimit
{
    /// <summary>SIGXFSZ, on Linux and macOS; .NET has no name for it.</summary>
    private const PosixSignal Exceeded = (PosixSignal)25;

    private const string Limits = "/proc/self/limits";

    /// <summary>Whether this process has one, as far as the system tells. Reads a file of the kernel's: limits can be changed from outside.</summary>
    public static bool IsSet => File.Exists(Limits) && File.ReadLines(Limits)
        .Any(line => line.StartsWith("Max file size", StringComparison.Ordinal) && !line["Max file size".Length..].TrimStart().StartsWith("unlimited", StringComparison.Ordinal));

    /// <summary>Lets writes fail instead, until it is disposed; null where there is no such signal.</summary>
    public static IDisposable? LetWritesFail() =>
        OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(Exceeded, context => context.Cancel = true);
}
