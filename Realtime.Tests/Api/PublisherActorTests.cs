using Akka.Actor;
using Akka.TestKit.Xunit;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Publishing;
using Realtime.Tests.Support;

namespace Realtime.Tests.Api;

/// <summary>The way from requests to channels: order, repeats, and an end for everything.</summary>
[Collection(ActorSystems.Name)]
public sealed class PublisherActorTests : TestKit
{
    private readonly ManualClock _time = new();
    private readonly Waiter _waiter = new();
    private readonly IActorRef _publisher;

    public PublisherActorTests()
        : base(TestHocon.Silent)
    {
        _publisher = Sys.ActorOf(Props.Create(() => new PublisherActor(TestActor, _time)));
    }

    [Fact]
    public async Task One_batch_of_a_channel_is_under_way_and_what_gathers_makes_the_next()
    {
        Send(1);
        var first = await ExpectMsgAsync<ChannelRequest.Publish>();
        Send(2);
        Send(3, 4);
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));
        Answer(first);

        (await ManyAsync()).Publishes.Select(Number).ShouldBe([2, 3, 4]);
    }

    [Fact]
    public async Task What_is_to_be_sent_again_goes_before_what_came_later()
    {
        Send(1, 2, 3);
        var first = await ManyAsync();
        Send(4);
        _publisher.Tell(new ChannelReply.Retry(first.Publishes[2].Tag));
        Answer(first.Publishes[1]);
        _publisher.Tell(new ChannelReply.Retry(first.Publishes[0].Tag));

        var again = await ManyAsync();
        again.Publishes.Select(Number).ShouldBe([1, 3, 4]);
        foreach (var publish in again.Publishes)
        {
            Answer(publish);
        }

        await AwaitAssertAsync(() => _waiter.Seen.ShouldBe([2, 1, 3, 4]));
    }

    [Fact]
    public async Task Other_channels_do_not_wait()
    {
        Send(1);
        await ExpectMsgAsync<ChannelRequest.Publish>();
        _publisher.Tell(new PublisherActor.Send([Order(2, "chat:b")]));
        (await ExpectMsgAsync<ChannelRequest.Publish>()).Channel.Value.ShouldBe("chat:b");
    }

    [Fact]
    public async Task Without_an_answer_only_those_with_a_key_are_sent_again_and_at_last_nobody_knows()
    {
        _publisher.Tell(new PublisherActor.Send([Order(1), Order(2, key: "k")]));
        (await ManyAsync()).Publishes.Count.ShouldBe(2);
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Number(await ExpectMsgAsync<ChannelRequest.Publish>()).ShouldBe(2);
        _time.Advance(PublisherActor.Patience);

        await AwaitAssertAsync(() => _waiter.Replies.ShouldBe([null, null]));
    }

    private static int Number(ChannelRequest.Publish publish) => publish.Payload.Bytes.Span[0];

    private ValueTask<ChannelRequest.PublishMany> ManyAsync() => ExpectMsgAsync<ChannelRequest.PublishMany>(cancellationToken: TestContext.Current.CancellationToken);

    private void Answer(ChannelRequest.Publish publish) => _publisher.Tell(new ChannelReply.Published(publish.Tag, new StreamPosition(new Epoch(5), 1)));

    private void Send(params int[] numbers) => _publisher.Tell(new PublisherActor.Send([.. numbers.Select(number => Order(number))]));

    private PublishOrder Order(int number, string channel = "chat:a", string? key = null) => new(
        new ChannelRequest.Publish(ChannelName.Parse(channel), 0, new Payload(new[] { (byte)number }), default, null)
        {
            Producer = key is null ? null : ProducerId.OfServer([1]), Sequence = key is null ? null : 1,
        },
        _waiter,
        number);

    private sealed class Waiter : IPublishWaiter
    {
        private readonly Lock _lock = new();
        private readonly List<(int Number, ChannelReply? Reply)> _all = [];

        public int[] Seen
        {
            get
            {
                lock (_lock)
                {
                    return [.. _all.Select(entry => entry.Number)];
                }
            }
        }

        public ChannelReply?[] Replies
        {
            get
            {
                lock (_lock)
                {
                    return [.. _all.Select(entry => entry.Reply)];
                }
            }
        }

        public void Answered(PublishOrder order, ChannelReply? reply)
        {
            lock (_lock)
            {
                _all.Add((order.Number, reply));
            }
        }
    }
}
