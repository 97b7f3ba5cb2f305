using Akka.Actor;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Channels.Core;
using Realtime.Node.Cluster;
using Realtime.Node.Configuration;
using Realtime.Node.Feeds;
using Realtime.Node.Hosting.Configuration;
using Realtime.Tests.Cluster.Serialization;

namespace Realtime.Tests.Cluster.Remoting;

/// <summary>Everything that options allow fits into one frame between nodes.</summary>
[Collection(ActorSystems.Name)]
public sealed class FrameSizeTests(WireSystem wire) : IClassFixture<WireSystem>
{
    /// <summary>Addresses and manifest around a message.</summary>
    private const int Envelope = 4 * 1024;

    private const int MiB = 1024 * 1024;

    private static readonly ChannelName Room = ChannelName.Parse(new string('r', ChannelName.MaxBytes));
    private static readonly StreamPosition Position = new(new Epoch(ulong.MaxValue), long.MaxValue);
    private static readonly UserId Ann = new(new string('u', 256));

    private static long Frame => ClusterConfiguration.Shared.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size")!.Value;

    [Fact]
    public void The_largest_messages_of_the_largest_options_fit()
    {
        Should.Throw<RealtimeConfigurationException>(() => Read("32MiB", "17MiB", "64MiB"), "there are larger messages than this test knows");
        Should.Throw<RealtimeConfigurationException>(() => Read("32MiB", "16MiB", "65MiB"), "there are larger pages than this test knows");

        var largest = Largest(Read("32MiB", "16MiB", "64MiB"));

        largest.Max(wire.SizeOf).ShouldBeInRange(31 * MiB, (int)Frame - Envelope);
    }

    [Fact]
    public async Task The_largest_messages_of_the_defaults_arrive_through_a_frame_that_is_not_much_larger()
    {
        const string Lowered = "akka.remote.dot-netty.tcp.maximum-frame-size = 1500000b";
        await using var one = RemotingNode.Start(settings: Lowered);
        await using var other = RemotingNode.Start(settings: Lowered);
        var largest = Largest(Read("128KiB", "64KiB", "256KiB"));

        largest.ForEach(message => one.InboxOf(other).Tell(message));

        await other.Received.HasAsync(largest.Count);
        other.Received.Of<object>().Select(message => message.GetType()).ShouldBe(largest.Select(message => message.GetType()));
        one.Warnings.Concat(other.Warnings).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_does_not_fit_is_said_by_its_sender_and_what_follows_arrives()
    {
        const string Lowered = "akka.remote.dot-netty.tcp.maximum-frame-size = 64000b";
        await using var one = RemotingNode.Start(settings: Lowered);
        await using var other = RemotingNode.Start(settings: Lowered);

        one.InboxOf(other).Tell(Publish(64_001));
        one.InboxOf(other).Tell(Publish(60_000));

        await other.Received.HasAsync(1);
        other.Received.Of<ChannelRequest.Publish>().Single().Payload.Length.ShouldBe(60_000);
        one.Log.Lines.Single(line => line.Level >= LogLevel.Warning).Exception!.GetType().Name.ShouldBe("OversizedPayloadException");
    }

    private static List<object> Largest(NodeConfiguration configuration)
    {
        var policy = configuration.Settings.Channels;
        var payload = configuration.Settings.Namespaces.Of(ChannelName.Parse("big:1")).MessageBytes;
        var presence = new Payload(new byte[4 * 1024]);
        var subscription = new SessionSubscription(Room, Position, presence);
        return
        [
            Publish(payload),
            new ChannelNews.Batch(Room, Position.Epoch, Below(policy.AppendBytes, 1024)),
            new ChannelNews.Batch(Room, Position.Epoch, [Message(payload)]),
            new ChannelReply.Page(1, Position, [.. Below(new FeedPolicy().PageBytes, 1), Message(payload)], Position, null),
            new ChannelReply.HistoryPage(1, [.. Below(policy.HistoryBytes, 1024), Message(payload)], Position, Position, true),
            new ChannelReply.RosterPage(1, new PresenceSnapshot([.. Enumerable.Range(1, (PresenceRoster.PageBytes / presence.Length) + 1).Select(i => new Member(new SessionId((UInt128)i), Ann, presence))], 9, 9)),
            new SessionReply.Attached(1, new Attachment(1, 1), new SessionIdentity(Ann, 1))
            {
                Subscriptions = [.. Enumerable.Repeat(subscription, configuration.Settings.Connections.Limits.Subscriptions)],
                State = [KeyValuePair.Create("key", new Payload(new byte[configuration.Settings.Sessions.StateBytes]))],
            },
        ];
    }

    /// <summary>As many as fit into so many bytes as messages are counted.</summary>
    private static IReadOnlyList<LogMessage> Below(int bytes, int payload) => [.. Enumerable.Repeat(Message(payload), bytes / Message(payload).Size)];

    private static LogMessage Message(int payload) => new(long.MaxValue, new Payload(new byte[payload]), long.MaxValue, new SessionId(1));

    private static ChannelRequest.Publish Publish(int payload) => new(Room, 1, new Payload(new byte[payload]), new SessionId(1), Ann);

    private static NodeConfiguration Read(string frame, string message, string queue) => NodeConfiguration.Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Realtime:Connections:FrameBytes"] = frame,
        ["Realtime:Connections:QueueBytes"] = queue,
        ["Realtime:Namespaces:big:MessageBytes"] = message,
        ["Realtime:Namespaces:big:History:Bytes"] = "1GiB",
    }).Build());
}
