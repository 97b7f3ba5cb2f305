using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

/// <summary>What an operator asks a node, and how long the answers take.</summary>
internal sealed class OperatorQuestions(ServerProcess node, string label, string goal) : IDisposable
{
    public const int Questions = 300;
    public const int Commands = 15;

    private readonly HttpClient _http = new() { BaseAddress = node.Operators, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Ids over the whole range of sessions of the node: a page begins where a random one would be.</summary>
    /// <param name="name">Of a node of several; null: the only one.</param>
    public async Task<List<string>> SessionsAsync(string? name)
    {
        var of = name is null ? "" : "&node=" + name;
        var ids = new List<string>();
        string? after = null;
        while (ids.Count < Questions)
        {
            var path = $"operator/v1/sessions?limit=1000{of}{(after is null ? "" : "&after=" + after)}";
            using var page = JsonDocument.Parse(await _http.GetStringAsync(new Uri(path, UriKind.Relative)));
            ids.AddRange(page.RootElement.GetProperty("sessions").EnumerateArray().Select(session => session.GetProperty("id").GetString()!));
            after = page.RootElement.GetProperty("next").GetString();
            if (after is null && ids.Count < Questions)
                throw new BenchFailedException($"{node.Name} lists {ids.Count} sessions only");
        }

        return ids;
    }

    /// <summary>False: it says that another node has to be asked.</summary>
    public async Task<bool> AnswersForAsync(string id)
    {
        using var answer = await _http.GetAsync(new Uri($"operator/v1/sessions/{id}", UriKind.Relative));
        return answer.StatusCode != HttpStatusCode.Conflict;
    }

    public async Task ShowAsync(IReadOnlyList<string> ids, Figures figures)
    {
        var answers = new LatencyHistogram();
        foreach (var id in ids.Take(Questions))
        {
            var began = LoadClock.Now;
            using var report = JsonDocument.Parse(await _http.GetStringAsync(new Uri($"operator/v1/sessions/{id}", UriKind.Relative)));
            answers.Add(LoadClock.Now - began);
            if (report.RootElement.GetProperty("session").GetProperty("state").GetString() != "attached"
                || report.RootElement.GetProperty("subscriptions").GetArrayLength() != 1)
            {
                throw new BenchFailedException($"the API tells something else of {id} than the load knows: {report.RootElement}");
            }
        }

        figures.Add(label + "GET sessions/{id}, p50", "ms", answers.Percentile(0.5));
        figures.Add(label + "GET sessions/{id}, p99", "ms", answers.Percentile(0.99), goal);

        var commands = new LatencyHistogram();
        foreach (var id in ids.TakeLast(Commands))
        {
            var began = LoadClock.Now;
            await PbmAsync(id);
            commands.Add(LoadClock.Now - began);
        }

        figures.Add(label + "pbm session show, the whole process, p50", "ms", commands.Percentile(0.5), goal);
    }

    public async Task TimeAsync(string what, string path, Figures figures)
    {
        var began = LoadClock.Now;
        using var answer = await _http.GetAsync(new Uri("operator/v1/" + path, UriKind.Relative));
        await answer.Content.ReadAsByteArrayAsync();
        if (!answer.IsSuccessStatusCode)
            throw new BenchFailedException($"{path} was answered with {(int)answer.StatusCode}");
        figures.Add(label + what, "ms", (LoadClock.Now - began) / (double)LoadClock.Millisecond);
    }

    public void Dispose() => _http.Dispose();

    private async Task PbmAsync(string id)
    {
        var start = new ProcessStartInfo(Path.Combine(PublishedProgram.Pbm.Folder, "pbm"), ["session", "show", id, "--url", node.Operators.ToString()])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start) ?? throw new BenchFailedException("pbm did not start.");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 || !output.Contains(id, StringComparison.Ordinal))
            throw new BenchFailedException($"pbm session show {id} ended with {process.ExitCode}:\n{output}");
    }
}
