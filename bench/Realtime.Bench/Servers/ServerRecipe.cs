using System.Diagnostics;

namespace Realtime.Bench.Servers;

/// <summary>How one kind of server is built and started.</summary>
/// <param name="Name">As it stands in the report.</param>
/// <param name="Project">Folder of the project below the root of the repository.</param>
/// <param name="Arguments">For a port and a folder of its own, which a restart keeps.</param>
/// <param name="Environment">Its configuration.</param>
internal sealed record ServerRecipe(string Name, string Project, Func<int, string, IEnumerable<string>> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Where everything it says is written to; null: nowhere.</summary>
    public string? Log { get; init; }

    public string Assembly => Path.Combine(Repository.Root, Project, "bin", "Release", "net10.0", Path.GetFileName(Project) + ".dll");

    public async Task BuildAsync()
    {
        using var build = Process.Start(new ProcessStartInfo("dotnet", ["build", "-c", "Release", "--nologo", "-v", "q", Path.Combine(Repository.Root, Project)])
        {
            RedirectStandardOutput = true,
        }) ?? throw new BenchFailedException("dotnet build did not start.");
        var output = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        if (build.ExitCode != 0)
            throw new BenchFailedException($"{Project} does not build:\n{output}");
    }

    public ProcessStartInfo Start(int port, string folder)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Assembly);
        foreach (var argument in Arguments(port, folder))
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        return start;
    }
}
