using System.Diagnostics;

namespace Realtime.Bench.Servers;

/// <summary>How one kind of server is started.</summary>
/// <param name="Name">As it stands in the report.</param>
/// <param name="Assembly">The published program.</param>
/// <param name="Arguments">For a port and a folder of its own, which a restart keeps.</param>
/// <param name="Environment">Its configuration.</param>
internal sealed record ServerRecipe(
    string Name, string Assembly, Func<int, string, IEnumerable<string>> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Where everything it says is written to; null: nowhere.</summary>
    public string? Log { get; init; }

    /// <summary>What of its configuration depends on its port.</summary>
    public Func<int, IReadOnlyDictionary<string, string>>? EnvironmentOf { get; init; }

    public ProcessStartInfo Start(int port, string folder)
    {
        if (!File.Exists(Assembly))
            throw new BenchFailedException($"There is no program {Assembly}: publish it, or leave --no-build out.");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Assembly);
        foreach (var argument in Arguments(port, folder))
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in Environment.Concat(EnvironmentOf?.Invoke(port) ?? new Dictionary<string, string>()))
            start.Environment[name] = value;
        return start;
    }
}
