using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class ApiScenario : IScenario
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private const int Lines = 500_000;
    private const int Channels = 4;
    private const int Batches = 1_000;
    private const int BatchSize = 100;

    public string Name => "api";

    public string Question => "How many messages per second does the application publish over HTTP, as a stream of lines and in batches, over one connection?";

    public Task RunAsync(BenchOptions options, Figures figures)
    {
        figures.Under(string.Create(CultureInfo.InvariantCulture, $"one connection; {Lines:N0} lines over {Channels} channels, then {Batches:N0} batches of {BatchSize}, one after the other"));
        var node = ServerRecipes.Realtime(options);

        // Not for all scenarios: an older node, which one is held against, knows no such option.
        node = node with
        {
            Environment = new Dictionary<string, string>(node.Environment) { ["REALTIME__API__KEYS__bench__SECRET"] = Secret, ["REALTIME__API__KEYS__bench__SCOPES"] = "publish" },
        };
        return TestBed.UseAsync(node, options, 1, async bed =>
        {
            using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = new Uri($"http://localhost:{bed.Server.Port}/api/v1/"), Timeout = TimeSpan.FromMinutes(2) };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "bench." + Secret);
            foreach (var (durability, goal) in new[] { ("memory", "≥ 100,000"), ("journal", "≥ 50,000") })
            {
                // The first one is for the compiler.
                await IngestAsync(http, durability, Lines / 10);
                figures.Add($"lines, {durability}", "msg/s", await IngestAsync(http, durability, Lines), goal);
                await BatchesAsync(http, durability, Batches / 10);
                var (rate, latency) = await BatchesAsync(http, durability, Batches);
                figures.Add($"batches of {BatchSize}, {durability}", "msg/s", rate);
                figures.Add($"batches of {BatchSize}, {durability}, p50", "ms", latency.Percentile(0.5));
                figures.Add($"batches of {BatchSize}, {durability}, p99", "ms", latency.Percentile(0.99));
            }
        });
    }

    private static async Task<double> IngestAsync(HttpClient http, string durability, int count)
    {
        var text = new StringBuilder(count * 72);
        for (var i = 0; i < count; i++)
            text.Append(Message(durability, i)).Append('\n');
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(text.ToString()));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var began = LoadClock.Now;
        using var summary = await PostAsync(http, "ingest", body);
        var took = LoadClock.Now - began;
        if (summary.RootElement.GetProperty("published").GetInt32() != count)
            throw new BenchFailedException($"not all lines are published: {summary.RootElement.GetRawText()[..200]}");
        return count / (took / (double)LoadClock.Millisecond) * 1000;
    }

    private static async Task<(double Rate, LatencyHistogram Latency)> BatchesAsync(HttpClient http, string durability, int count)
    {
        var text = $"[{string.Join(',', Enumerable.Range(0, BatchSize).Select(i => Message(durability, i)))}]";
        var bytes = Encoding.UTF8.GetBytes(text);
        var latency = new LatencyHistogram();
        var began = LoadClock.Now;
        for (var i = 0; i < count; i++)
        {
            using var body = new ByteArrayContent(bytes);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            var sent = LoadClock.Now;
            using var answer = await PostAsync(http, "batch", body);
            latency.Add(LoadClock.Now - sent);
            if (answer.RootElement.GetProperty("results").EnumerateArray().Any(result => result.TryGetProperty("code", out _)))
                throw new BenchFailedException("a message of a batch was refused");
        }

        return ((double)count * BatchSize / ((LoadClock.Now - began) / (double)LoadClock.Millisecond) * 1000, latency);
    }

    private static string Message(string durability, int number) => string.Create(
        CultureInfo.InvariantCulture, $"{{\"channel\":\"{ServerRecipes.Channel(durability, number % Channels)}\",\"data\":{{\"n\":{number},\"text\":\"hello world\"}}}}");

    private static async Task<JsonDocument> PostAsync(HttpClient http, string path, HttpContent body)
    {
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), body);
        var text = await answer.Content.ReadAsByteArrayAsync();
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(text) : throw new BenchFailedException($"{path} was answered with {(int)answer.StatusCode}: {Encoding.UTF8.GetString(text)}");
    }
}
