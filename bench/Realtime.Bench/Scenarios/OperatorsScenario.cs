using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class OperatorsScenario : IScenario
{
    private const int DefaultSessions = 50_000;
    private const int Nodes = 3;
    private const int Questions = 300;
    private const int Commands = 15;
    private const int OperatorPortOffset = 1000;

    private static readonly string Published = Path.Combine(Repository.Root, "artifacts", "bench-pbm");

    public string Name => "operators";

    public string Question => "How long does an operator wait for one session of many, over the API and with pbm?";

    public Task RunAsync(BenchOptions options, Figures figures) => ClusterBed.UseAsync(options, figures, Nodes, async bed =>
    {
        var sessions = options.Sessions ?? DefaultSessions;
        await using var fleet = await LoadFleet.StartAsync(options, sessions, bed.Ports);
        var channels = Enumerable.Range(0, options.Channels ?? 200).Select(number => ServerRecipes.Channel("memory", number)).ToArray();
        await fleet.ConnectAsync(Role.Subscriber, sessions, channels);
        await bed.ConnectionsSettledAsync();

        using var http = new HttpClient { BaseAddress = new Uri(Address(bed.Nodes[0])), Timeout = TimeSpan.FromSeconds(30) };
        var ids = await SomeAsync(http);
        figures.Under(FormattableString.Invariant($"{sessions:N0} sessions on {Nodes} nodes; {Questions} of them asked for over the API, {Commands} with pbm, at one node"));

        var answers = new LatencyHistogram();
        foreach (var id in ids.Take(Questions))
        {
            var began = LoadClock.Now;
            using var report = JsonDocument.Parse(await http.GetStringAsync(new Uri($"operator/v1/sessions/{id}", UriKind.Relative)));
            answers.Add(LoadClock.Now - began);
            if (report.RootElement.GetProperty("session").GetProperty("state").GetString() != "attached" || report.RootElement.GetProperty("subscriptions").GetArrayLength() != 1)
                throw new BenchFailedException($"the API tells something else of {id} than the load knows: {report.RootElement}");
        }

        figures.Add("GET sessions/{id}, p50", "ms", answers.Percentile(0.5));
        figures.Add("GET sessions/{id}, p99", "ms", answers.Percentile(0.99), "≤ 200");

        var commands = new LatencyHistogram();
        foreach (var id in ids.TakeLast(Commands))
        {
            var began = LoadClock.Now;
            await ShowAsync(bed.Nodes[0], id);
            commands.Add(LoadClock.Now - began);
        }

        figures.Add("pbm session show, the whole process, p50", "ms", commands.Percentile(0.5), "≤ 200");

        var listed = LoadClock.Now;
        using (await http.GetAsync(new Uri("operator/v1/sessions?user=nobody", UriKind.Relative)))
            figures.Add($"a search for a user among all {sessions:N0}", "ms", (LoadClock.Now - listed) / (double)LoadClock.Millisecond);
        listed = LoadClock.Now;
        using (await http.GetAsync(new Uri("operator/v1/cluster", UriKind.Relative)))
            figures.Add("GET cluster", "ms", (LoadClock.Now - listed) / (double)LoadClock.Millisecond);
        await fleet.DisconnectAsync(bye: true);
    });

    /// <summary>As docs/pbm.md says it starts fastest: for one system, with its runtime, and compiled ahead together with it.</summary>
    public static async Task BuildAsync()
    {
        using var publish = Process.Start(new ProcessStartInfo(
            "dotnet", ["publish", Path.Combine(Repository.Root, "pbm"), "-c", "Release", "--use-current-runtime", "--self-contained", "-p:PublishReadyToRunComposite=true", "--nologo", "-v", "q", "-o", Published])
        {
            RedirectStandardOutput = true,
        }) ?? throw new BenchFailedException("dotnet publish did not start.");
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0)
            throw new BenchFailedException($"pbm cannot be published:\n{output}");
    }

    private static string Address(ServerProcess node) => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{node.Port + OperatorPortOffset}/");

    /// <summary>Ids over the whole range: a page begins where a random one would be.</summary>
    private static async Task<List<string>> SomeAsync(HttpClient http)
    {
        var ids = new List<string>();
        string? after = null;
        while (ids.Count < Questions)
        {
            using var page = JsonDocument.Parse(await http.GetStringAsync(new Uri("operator/v1/sessions?limit=1000" + (after is null ? "" : "&after=" + after), UriKind.Relative)));
            ids.AddRange(page.RootElement.GetProperty("sessions").EnumerateArray().Select(session => session.GetProperty("id").GetString()!));
            after = page.RootElement.GetProperty("next").GetString() ?? throw new BenchFailedException($"the API lists {ids.Count} sessions only");
        }

        return ids;
    }

    private static async Task ShowAsync(ServerProcess node, string id)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Published, "pbm"), ["session", "show", id, "--url", Address(node)]) { RedirectStandardOutput = true })
            ?? throw new BenchFailedException("pbm did not start.");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 || !output.Contains(id, StringComparison.Ordinal))
            throw new BenchFailedException($"pbm session show {id} ended with {process.ExitCode}:\n{output}");
    }
}
