using System.Diagnostics;
using System.Runtime.InteropServices;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Report;

/// <summary>What figures were measured under: they mean nothing without it.</summary>
internal static class Conditions
{
    public static void Print(BenchOptions options, IEnumerable<string> more)
    {
        var arguments = options.NodeArguments.Length == 0 ? "none beyond name, port and store" : options.NodeArguments;
        var verified = options.Verify ? "; every message verified (slower)" : "";
        Console.WriteLine(
            $"- {Environment.ProcessorCount} cores for server and load together, {Memory()}; {RuntimeInformation.OSDescription.Trim()}; "
            + $"load average at the end {LoadAverage()}");
        Console.WriteLine($"- {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, Release");
        Console.WriteLine(
            $"- runs: {options.Runs}, a fresh server each; at most {options.Concurrency} handshakes at a time; "
            + $"{options.SocketsPerProcess:N0} sockets per load process");
        Console.WriteLine($"- node arguments: {arguments}{verified}");
        foreach (var condition in more)
            Console.WriteLine("- " + condition);
        Console.WriteLine();
    }

    /// <summary>Which program was measured: where it came from, and the commit that its build wrote into it.</summary>
    public static async Task<string> ProgramAsync(BenchOptions options)
    {
        var assembly = ServerRecipes.NodeAssembly(options);
        var version = File.Exists(assembly) ? FileVersionInfo.GetVersionInfo(assembly).ProductVersion : "not published";
        return options.Node is { } folder ? $"{folder} ({version})" : $"this checkout, commit {await Repository.CommitAsync()} ({version})";
    }

    private static string Memory() => $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):F0} GiB";

    private static string LoadAverage() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));
}
