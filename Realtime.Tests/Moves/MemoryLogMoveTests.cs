using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels.Keepers;
using Realtime.Node.Cluster;
using Realtime.Tests.Support;

namespace Realtime.Tests.Moves;

/// <summary>Channels in memory that move from node to node: the acknowledged messages and the epoch go along.</summary>
[Collection(ActorSystems.Name)]
public sealed class MemoryLogMoveTests : IAsyncLifetime
{
    private static readonly ChannelName Room = ChannelName.Parse("mem:room");

    private readonly MoveStage _stage = new();
    private MoveNode _first = null!;
    private MoveNode _second = null!;

    public async ValueTask InitializeAsync()
    {
        _first = await _stage.StartAsync("one");
        _second = await _stage.StartAsync("two");
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task A_channel_that_moves_there_and_back_under_publishes_loses_nothing_and_shows_its_subscribers_no_gap()
    {
        var (here, there) = (await MoveClient.ConnectAsync(_first), await MoveClient.ConnectAsync(_second));
        await here.AskAsync("subscribe", """ "channel":"mem:room" """);
        await there.AskAsync("subscribe", """ "channel":"mem:room" """);
        var publisher = await MoveClient.ConnectAsync(_second, more: ""","producer":"p" """);
        var answers = new List<int>();
        for (var number = 1; number <= 300; number++)
        {
            answers.Add(publisher.Ask("publish", $$""" "channel":"mem:room","data":{{number}},"seq":{{number}} """));
            if (number is 60 or 180)
            {
                var target = number == 60 ? _second : _first;
                _stage.ChannelShards.MoveAll(target.Address);
                await HostedAsync(target);
            }
            else if (number % 10 == 0)
            {
                await publisher.AnswerAsync(answers[^1]);
            }
        }

        foreach (var answer in answers)
        {
            (await publisher.AnswerAsync(answer)).TryGetProperty("position", out _).ShouldBeTrue();
        }

        foreach (var subscriber in new[] { here, there })
        {
            await Soon.IsTrueAsync(() => NumbersOf(subscriber).Count >= 300, "all messages to come");
            NumbersOf(subscriber).ShouldBe(Enumerable.Range(1, 300));
            subscriber.Frames.ShouldAllBe(frame => MoveClient.TypeOf(frame) != "gap");
        }

        await NothingKeptAsync(_first, _second);
    }

    [Fact]
    public async Task An_empty_channel_that_moves_shows_its_subscribers_no_gap()
    {
        _stage.ChannelShards.MoveAll(_first.Address);
        var subscriber = await MoveClient.ConnectAsync(_first);
        await subscriber.AskAsync("subscribe", """ "channel":"mem:room" """);
        await HostedAsync(_first);

        _stage.ChannelShards.MoveAll(_second.Address);
        await HostedAsync(_second);
        (await PublishAsync(_first, Room, 1)).Offset.ShouldBe(1);

        await subscriber.UntilAsync("message");
        subscriber.Frames.ShouldAllBe(frame => MoveClient.TypeOf(frame) != "gap");
    }

    [Fact]
    public async Task A_channel_that_nobody_uses_is_taken_over_all_the_same_before_its_node_leaves()
    {
        _stage.ChannelShards.MoveAll(_second.Address);
        var positions = new List<StreamPosition>();
        for (var channel = 0; channel < 30; channel++)
        {
            positions.Add(await PublishAsync(_first, ChannelName.Parse($"mem:idle-{channel}"), 1));
        }

        await _second.LeaveAsync();

        await Soon.IsTrueAsync(() => _first.Hosted.Count == 30, "all channels to be where their node's clients can use them");
        for (var channel = 0; channel < 30; channel++)
        {
            var next = await PublishAsync(_first, ChannelName.Parse($"mem:idle-{channel}"), 2);
            next.ShouldBe(positions[channel] with { Offset = 2 });
        }
    }

    [Fact]
    public async Task A_log_whose_keeper_is_lost_in_the_middle_begins_anew_with_an_explicit_gap()
    {
        _stage.ChannelShards.MoveAll(_second.Address);
        await PublishAsync(_first, Room, 1);

        // The shard is given to the first node while the second one's region is not known yet, and follows then.
        await Soon.IsTrueAsync(() => _second.Hosted.TryFind(Room, out _), "the channel to be on the second node");
        var before = await PublishAsync(_first, Room, 2);
        var subscriber = await MoveClient.ConnectAsync(_first);
        await subscriber.AskAsync("subscribe", """ "channel":"mem:room" """);

        await _second.KillAsync(_first);

        var after = await PublishAsync(_first, Room, 3);
        after.Epoch.ShouldNotBe(before.Epoch);
        after.Offset.ShouldBe(1);
        (await subscriber.UntilAsync("gap")).GetProperty("reason").GetString().ShouldBe("epoch");
    }

    [Fact]
    public async Task A_channel_that_starts_again_where_it_stopped_has_its_log_at_once()
    {
        var before = await PublishAsync(_first, Room, 1);
        _first.Hosted.TryFind(Room, out var channel).ShouldBeTrue();
        channel.Tell(Node.Channels.ChannelHandOff.Instance);

        var after = await PublishAsync(_first, Room, 2);

        after.ShouldBe(before with { Offset = 2 });
        await NothingKeptAsync(_first);
    }

    [Fact]
    public async Task A_node_alone_keeps_nothing_and_leaves_at_once()
    {
        await _second.LeaveAsync();
        await Soon.IsTrueAsync(() => _first.UpCount == 1, "the node to be alone");
        await PublishAsync(_first, Room, 1);
        _first.Hosted.TryFind(Room, out var channel).ShouldBeTrue();
        channel.Tell(Node.Channels.ChannelHandOff.Instance);
        await Soon.IsTrueAsync(() => _first.Hosted.Count == 0, "the channel to stop");

        await NothingKeptAsync(_first);
        await _first.LeaveAsync();
    }

    private static List<int> NumbersOf(MoveClient client) =>
    [
        .. client.Frames.Where(frame => MoveClient.TypeOf(frame) == "message")
            .Select(frame => frame.GetProperty("data").GetInt32()),
    ];

    private static Task HostedAsync(MoveNode node) => Soon.IsTrueAsync(() => node.Hosted.TryFind(Room, out _), "the channel to be there");

    private static async Task NothingKeptAsync(params MoveNode[] nodes)
    {
        foreach (var node in nodes)
        {
            var keeper = node.System.ActorSelection($"/user/{NodePlaces.ChannelKeeper}");
            (await keeper.Ask<ChannelKeeper.Emptied>(new ChannelKeeper.AwaitEmpty()).Within("the keeper")).Remaining.ShouldBe(0);
        }
    }

    /// <summary>Repeats as a connection does.</summary>
    private static async Task<StreamPosition> PublishAsync(MoveNode at, ChannelName channel, long sequence)
    {
        var publish = new ChannelRequest.Publish(channel, 1, new Payload("1"u8.ToArray()), default, null) { Producer = ProducerId.FromStore("p"), Sequence = sequence };
        while (true)
        {
            try
            {
                if (await at.ChannelRegion.Ask<ChannelReply>(publish, TimeSpan.FromSeconds(1)) is ChannelReply.Published { Position: { } position })
                {
                    return position;
                }
            }
            catch (AskTimeoutException)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            }
        }
    }
}
