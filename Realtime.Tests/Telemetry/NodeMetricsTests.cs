using System.Net;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Telemetry;

/// <summary>A node's metrics, as Prometheus gets them, after traffic.</summary>
public sealed class NodeMetricsTests : IAsyncLifetime
{
    /// <summary>All there may be: whoever adds one says here which closed set its values come from.</summary>
    private static readonly HashSet<string> Labels =
    [
        "namespace", "durability", "transport", "codec", "journal", "reason", "outcome", "error_type", "network_io_direction", "le", "scope", "limit",

        // Of target_info, of the runtime and of the web server.
        "service_name", "service_instance_id", "service_version",
        "gc_heap_generation", "cpu_mode", "error_type", "network_transport", "network_type", "network_protocol_name", "network_protocol_version",
        "server_address", "server_port", "tls_protocol_version", "http_request_method", "http_response_status_code", "http_route", "url_scheme",
        "aspnetcore_request_is_unhandled", "kestrel_endpoint_name",
    ];

    private MeteredNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await MeteredNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task What_clients_do_is_counted()
    {
        await using (var writer = await RawClient.HelloAsync(_node.Url))
        {
            await using var reader = await RawClient.HelloAsync(_node.Url);
            await reader.AskAsync("""{"type":"subscribe","id":2,"channel":"board:a"}""");
            await writer.AskAsync("""{"type":"publish","id":2,"channel":"board:a","data":1}""");
            await writer.AskAsync("""{"type":"publish","id":3,"channel":"board:a","data":2}""");
            await writer.AskAsync("""{"type":"publish","id":4,"channel":"nowhere:a","data":2}""");
            await reader.MessagesAsync("board:a", 2);

            var seen = await _node.UntilAsync("two subscribers' worth of counts", scraped =>
                scraped.Sum("realtime_messages_delivered_total", "namespace=board") == 2 && scraped.Sum("realtime_subscribers") == 1 && scraped.Sum("realtime_channels") == 3);
            seen.Sum("realtime_messages_published_total", "namespace=board", "durability=memory").ShouldBe(2);
            seen.Sum("realtime_messages_published_total").ShouldBe(2);
            seen.Sum("realtime_connections", "transport=websocket", "codec=realtime.v1.json").ShouldBe(2);
            seen.Sum("realtime_connections_opened_total").ShouldBe(2);
            seen.Sum("realtime_publish_duration_seconds_count", "durability=memory", "outcome=ok").ShouldBe(2);
            seen.Sum("realtime_publish_duration_seconds_bucket", "le=+Inf").ShouldBe(2);
            seen.Sum("realtime_request_errors_total", "error_type=not_found").ShouldBe(1);
            seen.Sum("realtime_request_errors_total").ShouldBe(1);
            seen.Sum("realtime_resumes_total", "outcome=new").ShouldBe(2);
            seen.Sum("realtime_sessions").ShouldBe(2);
            seen.Sum("realtime_channels").ShouldBe(3, "one is the log of revocations, and one names the hours in which something is scheduled");
            seen.Sum("realtime_network_io_bytes_total", "network_io_direction=receive").ShouldBeGreaterThan(100);
            seen.Sum("kestrel_active_connections").ShouldBeGreaterThanOrEqualTo(2);
            seen.Sum("dotnet_process_memory_working_set_bytes").ShouldBeGreaterThan(1_000_000);
            seen.Sum("realtime_ready").ShouldBe(1);
            seen.Sum("realtime_store_healthy").ShouldBe(1);
        }

        await _node.UntilAsync("the connections to be gone", scraped => scraped.Sum("realtime_connections") == 0 && scraped.Sum("realtime_subscribers") == 0);
        await _node.UntilAsync("what was written", scraped => scraped.Sum("realtime_network_io_bytes_total", "network_io_direction=transmit") > 100);
    }

    [Fact]
    public async Task A_session_that_comes_back_and_one_that_is_lost_are_told_apart()
    {
        var first = await RawClient.HelloAsync(_node.Url);
        var session = first.Session;
        first.Cut();
        await using var second = await RawClient.HelloAsync(_node.Url, $"\"session\":\"{session}\"");
        ((bool)second.Welcome["resumed"]!).ShouldBeTrue();
        await using var third = await RawClient.HelloAsync(_node.Url, $"\"session\":\"{session[..^4]}AAAA\"");

        var seen = await _node.UntilAsync("three hellos", scraped => scraped.Sum("realtime_resumes_total") == 3);
        (seen.Sum("realtime_resumes_total", "outcome=new"), seen.Sum("realtime_resumes_total", "outcome=resumed"), seen.Sum("realtime_resumes_total", "outcome=lost")).ShouldBe((1, 1, 1));
    }

    [Fact]
    public async Task What_was_sent_to_connections_that_end_at_once_counts_too()
    {
        var sent = 0;
        for (var i = 0; i < 10; i++)
        {
            await using var client = await RawClient.HelloAsync(_node.Url);
            sent += client.Welcome.ToJsonString().Length;
        }

        await _node.UntilAsync($"{sent} bytes", scraped => scraped.Sum("realtime_network_io_bytes_total", "network_io_direction=transmit") >= sent);
    }

    [Fact]
    public async Task A_handshake_that_is_refused_says_why()
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(_node.Url, "/v1/connect"), TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.UpgradeRequired);
        new ScrapedText(_node.Exporter.Scrape(isOpenMetrics: false)).Sum("realtime_admission_refused_total", "reason=protocol").ShouldBe(1);
    }

    [Fact]
    public async Task More_channels_sessions_and_users_make_no_more_series()
    {
        await using var client = await RawClient.HelloAsync(_node.Url);
        await TalkAsync(client, "warm", 1);
        var before = await _node.UntilAsync("the first message", scraped => scraped.Sum("realtime_messages_delivered_total") >= 1);
        await using var other = await RawClient.HelloAsync(_node.Url);
        await TalkAsync(other, "many", 100);
        var after = await _node.UntilAsync("all messages", scraped => scraped.Sum("realtime_messages_delivered_total") >= 101);

        Ours(after).ShouldBe(Ours(before));
        Ours(after).Count.ShouldBeLessThan(400);
        after.Samples.SelectMany(sample => sample.Labels.Keys).Distinct().Except(Labels).ShouldBeEmpty("labels that are not known to be bounded");
        after.Text.ShouldNotContain("chat:many");
        after.Text.ShouldNotContain(other.Session);
    }

    [Theory]
    [InlineData(null, "text/plain; version=0.0.4; charset=utf-8", false)]
    [InlineData("*/*", "text/plain; version=0.0.4; charset=utf-8", false)]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "application/openmetrics-text; version=1.0.0; charset=utf-8", true)]
    [InlineData("text/plain,application/openmetrics-text;q=0.5", "text/plain; version=0.0.4; charset=utf-8", false)]
    [InlineData("application/openmetrics-text;version=7", "text/plain; version=0.0.4; charset=utf-8", false)]
    [InlineData("nonsense;;", "text/plain; version=0.0.4; charset=utf-8", false)]
    public async Task The_endpoint_answers_in_the_format_that_is_asked_for(string? accept, string type, bool isOpenMetrics)
    {
        using var answer = await _node.GetMetricsAsync(accept).Within("the metrics");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe(type);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        text.EndsWith("# EOF\n", StringComparison.Ordinal).ShouldBe(isOpenMetrics);
        _ = new ScrapedText(text);
    }

    [Fact]
    public async Task Nodes_of_one_process_do_not_mix()
    {
        await using var other = await MeteredNode.StartAsync("other");
        await using var client = await RawClient.HelloAsync(other.Url);

        (await other.UntilAsync("the connection", scraped => scraped.Sum("realtime_connections") == 1)).Sum("kestrel_active_connections").ShouldBeGreaterThanOrEqualTo(1);
        new ScrapedText(_node.Exporter.Scrape(isOpenMetrics: false)).Sum("realtime_connections_opened_total").ShouldBe(0);
    }

    private static async Task TalkAsync(RawClient client, string room, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await client.AskAsync($$"""{"type":"subscribe","id":{{(2 * i) + 2}},"channel":"chat:{{room}}-{{i}}"}""");
            await client.AskAsync($$"""{"type":"publish","id":{{(2 * i) + 3}},"channel":"chat:{{room}}-{{i}}","data":{{i}}}""");
        }
    }

    /// <summary>The names and labels of this node's own series. Series of an histogram begin with its first value, so both of a comparison come after traffic of each kind.</summary>
    private static HashSet<string> Ours(ScrapedText scraped) =>
    [
        .. scraped.Samples.Where(sample => sample.Name.StartsWith("realtime_", StringComparison.Ordinal))
            .Select(sample => $"{sample.Name}{{{string.Join(',', sample.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"))}}}"),
    ];
}
