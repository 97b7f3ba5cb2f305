using System.Diagnostics;

namespace Realtime.Bench.Servers;

/// <summary>The checkout that this program was built in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static async Task<string> CommitAsync()
    {
        var commit = await GitAsync("rev-parse", "--short", "HEAD");
        var changes = await GitAsync("status", "--porcelain");
        return changes.Length == 0 ? commit : commit + " with local changes";
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Realtime.sln")))
                return folder.FullName;
        }

        throw new BenchFailedException("Realtime.sln is not in any folder above the program: run it from a checkout.");
    }

    private static async Task<string> GitAsync(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Root, .. arguments]) { RedirectStandardOutput = true })
            ?? throw new BenchFailedException("git did not start.");
        var output = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        return git.ExitCode == 0 ? output.Trim() : "unknown commit";
    }
}
