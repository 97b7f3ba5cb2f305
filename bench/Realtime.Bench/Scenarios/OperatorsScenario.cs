using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class OperatorsScenario : IScenario
{
    private const int DefaultSessions = 15_000;
    private const int Questions = 300;
    private const int Commands = 15;
    private const int OperatorPortOffset = 1000;

    public string Name => "operators";

    public string Question => "How long does an operator wait for one session of many, over the API and with pbm?";

    public Task RunAsync(BenchOptions options, Figures figures)
    {
        var sessions = options.Sessions ?? DefaultSessions;
        return TestBed.UseAsync(ServerRecipes.Realtime(options), options, sessions, async bed =>
        {
            var channels = Enumerable.Range(0, options.Channels ?? 200).Select(number => ServerRecipes.Channel("memory", number)).ToArray();
            await bed.Fleet.ConnectAsync(Role.Subscriber, sessions, channels);
            await AskAsync(bed.Server, sessions, figures);
            await bed.Fleet.DisconnectAsync(bye: true);
        });
    }

    private static async Task AskAsync(ServerProcess node, int sessions, Figures figures)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Address(node)), Timeout = TimeSpan.FromSeconds(30) };
        var ids = await SomeAsync(http);
        figures.Under(FormattableString.Invariant($"{sessions:N0} sessions; {Questions} of them asked for over the API, {Commands} with pbm"));

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
            await ShowAsync(node, id);
            commands.Add(LoadClock.Now - began);
        }

        figures.Add("pbm session show, the whole process, p50", "ms", commands.Percentile(0.5), "≤ 200");

        var listed = LoadClock.Now;
        using (await http.GetAsync(new Uri("operator/v1/sessions?user=nobody", UriKind.Relative)))
            figures.Add($"a search for a user among all {sessions:N0}", "ms", (LoadClock.Now - listed) / (double)LoadClock.Millisecond);
        listed = LoadClock.Now;
        using (await http.GetAsync(new Uri("operator/v1/cluster", UriKind.Relative)))
            figures.Add("GET cluster", "ms", (LoadClock.Now - listed) / (double)LoadClock.Millisecond);
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
            after = page.RootElement.GetProperty("next").GetString();
            if (after is null && ids.Count < Questions)
                throw new BenchFailedException($"the API lists {ids.Count} sessions only");
        }

        return ids;
    }

    private static async Task ShowAsync(ServerProcess node, string id)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(PublishedProgram.Pbm.Folder, "pbm"), ["session", "show", id, "--url", Address(node)]) { RedirectStandardOutput = true })
            ?? throw new BenchFailedException("pbm did not start.");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 || !output.Contains(id, StringComparison.Ordinal))
            throw new BenchFailedException($"pbm session show {id} ended with {process.ExitCode}:\n{output}");
    }
}
