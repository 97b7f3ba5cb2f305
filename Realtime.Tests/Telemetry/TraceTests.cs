using System.Diagnostics;
using Realtime.Messages.Traces;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Telemetry;

public sealed class TraceTests
{
    [Fact]
    public async Task One_trace_follows_a_publish_from_the_socket_to_the_sockets()
    {
        using var log = new SpanLog();
        await using var node = await MeteredNode.StartAsync("trace-one");
        await using var here = await RawClient.HelloAsync(node.Url);
        await using var there = await RawClient.HelloAsync(node.Url);
        await there.AskAsync("""{"type":"subscribe","id":2,"channel":"chat:trace-1"}""");
        await here.AskAsync("""{"type":"publish","id":3,"channel":"chat:trace-1","data":1}""");
        await there.MessagesAsync("chat:trace-1", 1);

        var trace = await log.TraceAsync(4, spans => spans.Any(span => Is(span, "publish", "trace-one")));
        trace.Count.ShouldBe(4);
        var publish = trace.Single(span => Is(span, "publish", "trace-one"));
        var append = trace.Single(span => Is(span, "append", "trace-one"));
        var commit = trace.Single(span => Is(span, "commit", "trace-one"));
        var fanOut = trace.Single(span => Is(span, "fan-out", "trace-one"));
        publish.ParentSpanId.ShouldBe(default);
        publish.Kind.ShouldBe(ActivityKind.Server);
        append.ParentSpanId.ShouldBe(publish.SpanId);
        commit.ParentSpanId.ShouldBe(append.SpanId);
        fanOut.ParentSpanId.ShouldBe(append.SpanId);
        (fanOut.GetTagItem("realtime.messages"), fanOut.GetTagItem("realtime.subscribers"), fanOut.GetTagItem("realtime.deliveries")).ShouldBe((1, 1, 1L));
        trace.ShouldAllBe(span => (string?)span.GetTagItem("realtime.namespace") == "chat" && span.Status == ActivityStatusCode.Unset);
        trace.SelectMany(span => span.TagObjects).ShouldNotContain(tag => $"{tag.Value}".Contains("trace-1", StringComparison.Ordinal), "no channel");
    }

    [Fact]
    public async Task A_publish_that_is_refused_ends_its_spans_with_the_error()
    {
        using var log = new SpanLog();
        await using var node = await MeteredNode.StartAsync("trace-refused", configure: options => options.Channels.SequenceWindow = TimeSpan.FromSeconds(10));
        await using var client = await RawClient.HelloAsync(node.Url, "\"producer\":\"p-1\"");
        for (var i = 0; i < 300; i++)
        {
            await client.AskAsync($$"""{"type":"publish","id":{{i + 2}},"channel":"board:a","data":1,"seq":{{i}}}""");
        }

        ((string?)(await client.AskAsync("""{"type":"publish","id":999,"channel":"board:a","data":1,"seq":1}"""))["code"]).ShouldBe("seq_expired");

        var trace = await log.TraceAsync(2, spans => spans.Any(span => Is(span, "publish", "trace-refused") && span.Status == ActivityStatusCode.Error));
        trace.ShouldAllBe(span => (string?)span.GetTagItem("error.type") == "seq_expired");
        trace.Select(span => span.OperationName).Order(StringComparer.Ordinal).ShouldBe(["append", "publish"]);
    }

    [Fact]
    public async Task A_ratio_of_nothing_traces_nothing()
    {
        using var log = new SpanLog();
        await using var node = await MeteredNode.StartAsync("trace-none", configure: options => options.Telemetry.TraceRatio = 0);
        await using var client = await RawClient.HelloAsync(node.Url);
        await client.AskAsync("""{"type":"publish","id":2,"channel":"board:a","data":1}""");

        log.Ended.ShouldNotContain(span => SpanLog.NodeOf(span) == "trace-none");
    }

    [Fact]
    public async Task A_ratio_is_kept_to()
    {
        using var log = new SpanLog();
        await using var node = await MeteredNode.StartAsync("trace-tenth", configure: options => options.Telemetry.TraceRatio = 0.1);
        await using var client = await RawClient.HelloAsync(node.Url);
        for (var i = 0; i < 200; i++)
        {
            await client.AskAsync($$"""{"type":"publish","id":{{i + 2}},"channel":"board:a","data":1}""");
        }

        log.Ended.Count(span => Is(span, "publish", "trace-tenth")).ShouldBeInRange(18, 22);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(23)]
    [InlineData(25)]
    [InlineData(24)]
    public void What_is_no_trace_is_refused(int length) => TraceContext.Read(new byte[length]).ShouldBeNull();

    private static bool Is(Activity span, string name, string node) => span.OperationName == name && SpanLog.NodeOf(span) == node;
}
