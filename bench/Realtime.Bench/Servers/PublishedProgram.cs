using System.Diagnostics;

namespace Realtime.Bench.Servers;

/// <summary>A program of this checkout as it is brought out, in a folder that the next benchmark finds again.</summary>
/// <param name="Project">Folder of the project below the root of the repository.</param>
/// <param name="More">Arguments of <c>dotnet publish</c> beyond the usual ones.</param>
internal sealed record PublishedProgram(string Project, params string[] More)
{
    public static PublishedProgram Node { get; } = new("Realtime.Node", "--use-current-runtime");

    public static PublishedProgram Lighthouse { get; } = new("lighthouse", "--use-current-runtime");

    public static PublishedProgram Handled { get; } = new("bench/Handled.Reference", "--use-current-runtime");

    public static PublishedProgram Kestrel { get; } = new("bench/Kestrel.Reference");

    /// <summary>As docs/pbm.md says it starts fastest: for one system, with its runtime, and compiled ahead together with it.</summary>
    public static PublishedProgram Pbm { get; } =
        new("pbm", "--use-current-runtime", "--self-contained", "-p:PublishReadyToRunComposite=true");

    public string Folder => Path.Combine(Repository.Root, "artifacts", "bench", Path.GetFileName(Project));

    public async Task PublishAsync()
    {
        await Console.Error.WriteLineAsync($"publishing {Project}");
        var project = Path.Combine(Repository.Root, Project);
        string[] arguments = ["publish", project, "-c", "Release", "--nologo", "-v", "q", "-o", Folder, .. More];
        using var publish = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })
            ?? throw new BenchFailedException("dotnet publish did not start.");
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0)
            throw new BenchFailedException($"{Project} cannot be published:\n{output}");
    }
}
