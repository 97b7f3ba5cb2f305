using System.Diagnostics;
using System.Diagnostics.Metrics;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Traces;
using Realtime.Node.Channels;
using Realtime.Node.Namespaces;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;
using Realtime.Tests.Telemetry;

namespace Realtime.Tests.Channels;

/// <summary>What a channel counts and traces.</summary>
[Collection(ActorSystems.Name)]
public sealed class ChannelMetricsTests : ChannelActorCase
{
    private static int s_nodes;

    private readonly Meter _meter = new("test");
    private readonly List<(string Durability, string Outcome)> _durations = [];
    private readonly MeterListener _listener = new();
    private readonly SpanLog _spans = new();
    private readonly string _node = $"channel-metrics-{Interlocked.Increment(ref s_nodes)}";
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ActivitySpanId _cause = ActivitySpanId.CreateRandom();

    public ChannelMetricsTests()
    {
        Metrics = new ChannelInstruments(_meter, [new NamespaceLabels("chat", "journal")]);
        Tracing = new NodeTracing(_node, null, 1);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter && instrument.Name == "realtime.publish.duration")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, took, labels, _) =>
        {
            took.ShouldBeGreaterThanOrEqualTo(0);
            lock (_durations)
            {
                _durations.Add(((string)labels[0].Value!, (string)labels[1].Value!));
            }
        });
        _listener.Start();
    }

    private long Published => Metrics.Published["chat"].Value;

    private IReadOnlyList<(string Durability, string Outcome)> Durations
    {
        get
        {
            lock (_durations)
            {
                return [.. _durations];
            }
        }
    }

    [Fact]
    public void A_publish_is_counted_and_timed_once_and_a_repeat_of_it_is_not()
    {
        var channel = StartChannel();
        Publish(channel, "a", 1).ShouldBeOfType<ChannelReply.Published>();
        Publish(channel, "a", 1).ShouldBeOfType<ChannelReply.Published>();
        Publish(channel, "b", 2).ShouldBeOfType<ChannelReply.Published>();

        Published.ShouldBe(2);
        Durations.ShouldBe([("journal", "ok"), ("journal", "ok")]);
    }

    [Fact]
    public void A_repeat_that_comes_while_the_first_one_waits_counts_once()
    {
        var channel = StartChannel();
        Send(channel, PublishOf("a", 1));
        Send(channel, PublishOf("a", 1));
        Client.ExpectMsg<ChannelReply.Published>(Deadline);
        Client.ExpectMsg<ChannelReply.Published>(Deadline);

        (Published, Durations.Count).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData(Durability.Memory, "memory")]
    [InlineData(Durability.None, "none")]
    public void Publishes_that_are_not_stored_count_too(Durability durability, string name)
    {
        var channel = StartChannel(new NamespacePolicy("chat") { Durability = durability });
        Publish(channel, "a", 1).ShouldBeOfType<ChannelReply.Published>();
        Publish(channel, "a", 1).ShouldBeOfType<ChannelReply.Published>();

        (Published, Durations.ShouldHaveSingleItem()).ShouldBe((1, (name, "ok")));
    }

    [Fact]
    public async Task A_publish_that_is_refused_counts_by_its_error_and_one_that_is_given_back_does_not_count()
    {
        var channel = StartChannel();
        Publish(channel, "b", 5, missing: 4).ShouldBeOfType<ChannelReply.Retry>();
        Durations.ShouldBeEmpty();
        await Journal.OnWrite.Fail();
        Send(channel, PublishOf("c", 6));
        AwaitStatus(channel, isAvailable: false);
        Publish(channel, "d", 7).ShouldBeOfType<ChannelReply.Refused>();

        (Published, Durations.ShouldHaveSingleItem()).ShouldBe((0, ("journal", "unavailable")));
        await Journal.OnWrite.Pass();
        AwaitUsable(channel);
        Client.FishForMessage<ChannelReply.Published>(_ => true, Deadline);
        (Published, Durations.Count).ShouldBe((1, 2));
    }

    [Fact]
    public void Channels_in_memory_are_counted()
    {
        var first = StartChannel();
        Publish(first, "a", 1);
        Metrics.Channels.ShouldBe(1);
        Stop(first, ChannelHandOff.Instance);
        Metrics.Channels.ShouldBe(0);
    }

    [Fact]
    public void A_channel_that_fails_under_its_shard_leaves_the_count_once()
    {
        var shard = CreateTestProbe();
        var channel = shard.ChildActorOf(
            ChannelActor.Props(Name, new NamespacePolicy("chat"), Settings()), "chat", SupervisorStrategy.DefaultStrategy);
        Publish(channel, "a", 1);
        Metrics.Channels.ShouldBe(1);
        shard.Watch(channel);
        Lease.FailOnce();
        Send(channel, PublishOf("a", 1));
        shard.ExpectTerminated(channel, Deadline);

        Metrics.Channels.ShouldBe(0);
    }

    [Fact]
    public void A_traced_publish_has_a_span_to_its_answer_one_for_its_commit_and_gives_its_trace_to_the_feeds()
    {
        var channel = StartChannel();
        var feed = Listen(channel);
        Ask<ChannelReply.Published>(channel, Traced("a", 1));

        var append = SpanOf("append");
        var commit = SpanOf("commit");
        (append.TraceId, append.ParentSpanId, append.Status).ShouldBe((_trace, _cause, ActivityStatusCode.Unset));
        (commit.TraceId, commit.ParentSpanId, commit.Status).ShouldBe((_trace, append.SpanId, ActivityStatusCode.Unset));
        commit.GetTagItem("realtime.messages").ShouldBe(1);
        feed.FishForMessage<ChannelNews.Batch>(_ => true, Deadline).Traces.ShouldBe([new TraceContext(_trace, append.SpanId)]);
        Activity.Current.ShouldBeNull();
    }

    [Fact]
    public async Task The_spans_of_a_write_without_an_outcome_say_so_and_a_stop_ends_what_is_left()
    {
        var channel = StartChannel();
        Publish(channel, "a", 1);
        await Journal.OnWrite.Fail();
        Send(channel, Traced("b", 2));
        AwaitStatus(channel, isAvailable: false);
        SpanOf("commit").GetTagItem("error.type").ShouldBe("unknown");
        Spans("append").ShouldBeEmpty();
        Watch(channel);
        channel.Tell(PoisonPill.Instance);
        ExpectTerminated(channel, Deadline);

        SpanOf("append").GetTagItem("error.type").ShouldBe("stopped");
        await Journal.OnWrite.Pass();
    }

    [Fact]
    public async Task A_publish_that_comes_again_before_its_answer_stays_in_one_span()
    {
        var channel = StartChannel();
        Publish(channel, "a", 1);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Journal.OnWrite.SetInterceptorAsync(new HeldWrite(written.Task));
        var request = Traced("b", 2)(99);
        channel.Tell(request, Client.Ref);
        channel.Tell(request, Client.Ref);
        Ask<ChannelReply.Inspected>(channel, tag => new ChannelRequest.Inspect(Name, tag));
        written.SetResult();
        Client.ExpectMsg<ChannelReply.Published>(Deadline).Tag.ShouldBe(99);

        (SpanOf("append").Status, SpanOf("commit").Status).ShouldBe((ActivityStatusCode.Unset, ActivityStatusCode.Unset));
        await Journal.OnWrite.Pass();
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _listener.Dispose();
        _meter.Dispose();
        _spans.Dispose();
        Tracing.Dispose();
    }

    private ChannelReply Publish(IActorRef channel, string text, long sequence, long missing) =>
        Ask<ChannelReply>(channel, PublishOf(text, sequence, missing));

    private Func<long, ChannelRequest> Traced(string text, long sequence) =>
        tag => (ChannelRequest.Publish)PublishOf(text, sequence)(tag) with { Trace = new TraceContext(_trace, _cause) };

    private List<Activity> Spans(string name) => [.. _spans.Ended.Where(span => span.OperationName == name && SpanLog.NodeOf(span) == _node)];

    /// <summary>The one that has ended.</summary>
    private Activity SpanOf(string name) => Spans(name).ShouldHaveSingleItem();
}
