using System.Buffers;
using System.Diagnostics;
using Realtime.Cluster.Journal.Memory;
using Realtime.Cluster.Links;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Telemetry;

public sealed class TraceTests
{
    [Fact]
    public async Task One_trace_follows_a_publish_from_the_socket_to_the_sockets_of_both_nodes()
    {
        using var log = new SpanLog();
        var store = new MemoryStore(TimeProvider.System);
        await using var alpha = await MeteredNode.StartAsync("trace-alpha", store, cluster: true, options => options.Cluster.Heartbeat = TimeSpan.FromSeconds(1));
        await using var beta = await MeteredNode.StartAsync("trace-beta", store, cluster: true, options => options.Cluster.Heartbeat = TimeSpan.FromSeconds(1));
        await beta.UntilAsync("shards of its own", scraped => scraped.Sum("realtime_shards_owned") >= 8);
        await using var here = await RawClient.HelloAsync(alpha.Url);
        await using var there = await RawClient.HelloAsync(beta.Url);

        // Of forty channels some are the other node's.
        for (var i = 0; i < 40; i++)
        {
            await here.AskAsync($$"""{"type":"subscribe","id":{{(2 * i) + 2}},"channel":"chat:trace-{{i}}"}""");
            await there.AskAsync($$"""{"type":"subscribe","id":{{(2 * i) + 2}},"channel":"chat:trace-{{i}}"}""");
            await here.AskAsync($$"""{"type":"publish","id":{{(2 * i) + 3}},"channel":"chat:trace-{{i}}","data":{{i}}}""");
            await there.MessagesAsync($"chat:trace-{i}", 1);
        }

        var trace = await log.TraceAsync(5, spans => spans.Any(span => Is(span, "append", "trace-beta")) && spans.Any(span => Is(span, "publish", "trace-alpha")));
        trace.Count.ShouldBe(5);
        var publish = trace.Single(span => Is(span, "publish", "trace-alpha"));
        var append = trace.Single(span => Is(span, "append", "trace-beta"));
        var commit = trace.Single(span => Is(span, "commit", "trace-beta"));
        publish.ParentSpanId.ShouldBe(default);
        publish.Kind.ShouldBe(ActivityKind.Server);
        append.ParentSpanId.ShouldBe(publish.SpanId);
        commit.ParentSpanId.ShouldBe(append.SpanId);
        foreach (var node in (string[])["trace-alpha", "trace-beta"])
        {
            var fanOut = trace.Single(span => Is(span, "fan-out", node));
            fanOut.ParentSpanId.ShouldBe(append.SpanId);
            (fanOut.GetTagItem("realtime.messages"), fanOut.GetTagItem("realtime.subscribers"), fanOut.GetTagItem("realtime.deliveries")).ShouldBe((1, 1, 1L));
        }

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

    [Fact]
    public void A_trace_costs_no_byte_of_a_frame_between_nodes_unless_there_is_one()
    {
        var trace = new TraceContext(ActivityTraceId.CreateFromString("0af7651916cd43dd8448eb211c80319c"), ActivitySpanId.CreateFromString("b7ad6b7169203331"));
        var channel = ChannelName.Parse("chat:a");
        var publish = new ChannelRequest.Publish(new Payload("1"u8.ToArray()), default, null);
        var news = new ChannelNews.Messages(channel, new Epoch(1), [new LogMessage(1, new Payload("1"u8.ToArray()), 0)]);

        ((ChannelRequest.Publish)((LinkFrame.Request)Cross(Request(publish with { Trace = trace }), out var traced)).Message).Trace.ShouldBe(trace);
        ((ChannelRequest.Publish)((LinkFrame.Request)Cross(Request(publish), out var plain)).Message).Trace.ShouldBeNull();
        (traced - plain).ShouldBe(26);
        ((ChannelNews.Messages)((LinkFrame.News)Cross(new LinkFrame.News(news with { Traces = [trace, trace] }), out traced)).Message).Traces.ShouldBe([trace, trace]);
        ((ChannelNews.Messages)((LinkFrame.News)Cross(new LinkFrame.News(news), out plain)).Message).Traces.ShouldBeEmpty();
        (traced - plain).ShouldBe(52);

        LinkFrame Request(ChannelRequest message) => new LinkFrame.Request(1, new ShardId(1), 1, EntityAddress.Of(channel), message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(23)]
    [InlineData(25)]
    [InlineData(24)]
    public void What_is_no_trace_is_refused(int length) => TraceContext.Read(new byte[length]).ShouldBeNull();

    private static LinkFrame Cross(LinkFrame frame, out int bytes)
    {
        var codec = new LinkCodec();
        var output = new ArrayBufferWriter<byte>();
        codec.Write(frame, output);
        bytes = output.WrittenCount;
        return codec.Read(new ReadOnlySequence<byte>(output.WrittenMemory));
    }

    private static bool Is(Activity span, string name, string node) => span.OperationName == name && SpanLog.NodeOf(span) == node;
}
