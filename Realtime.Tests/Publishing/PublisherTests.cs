using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;
using Realtime.Node.Publishing;
using Realtime.Tests.Support;

namespace Realtime.Tests.Publishing;

/// <summary>What the application's code and its back end have in common when they publish.</summary>
public sealed class PublisherTests
{
    private readonly Publisher _publisher = new(new NamespaceTable([new NamespacePolicy("chat") { MessageBytes = 10 }]), () => ActorRefs.Nobody, new ManualClock());

    [Fact]
    public void A_key_is_a_producer_that_another_node_can_read_and_differs_by_who_publishes()
    {
        var producers = new[] { Producer("a", "key"), Producer("a", "other"), Producer("b", "key"), Producer("", "key") };

        producers.Select(producer => ProducerId.TryRead(producer.Value, out _)).ShouldAllBe(isRead => isRead);
        producers.Select(producer => ProducerId.TryParse(producer.Value, out _)).ShouldAllBe(isOfClient => !isOfClient);
        producers.Distinct().Count().ShouldBe(4);
        Producer("a", "key").ShouldBe(producers[0]);
    }

    [Fact]
    public void What_cannot_be_published_is_refused_before_it_is_sent()
    {
        Check("chat:a", 10).ShouldBeNull();
        Check("chat:a", 11).ShouldBe((ErrorCode.TooLarge, "data"));
        Check("shop:a", 1).ShouldBe((ErrorCode.NotFound, "channel"));
        Check("chat:b", 1).ShouldBe((ErrorCode.Forbidden, "channel"));
    }

    private (ErrorCode Code, string? Field)? Check(string channel, int bytes)
    {
        var name = ChannelName.Parse(channel);
        return _publisher.Check(new PublishItem([name], new Payload(new byte[bytes])), name, new Caller("a")) is { } fault ? (fault.Code, fault.Field) : null;
    }

    private ProducerId Producer(string caller, string key)
    {
        var name = ChannelName.Parse("chat:a");
        return _publisher.Order(new PublishItem([name], new Payload("1"u8.ToArray())) { IdempotencyKey = key }, name, new Caller(caller), new Nobody(), 0).Publish.Producer!.Value;
    }

    private sealed record Caller(string Id) : IPublishCaller
    {
        public bool Reaches(ChannelName channel) => channel.Value != "chat:b";
    }

    private sealed class Nobody : IPublishWaiter
    {
        public void Answered(PublishOrder order, ChannelReply? reply)
        {
        }
    }
}
