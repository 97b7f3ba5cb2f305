using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Api.Door;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Api.Publishing;

/// <summary>Makes requests to channels of what callers want published, and sends them.</summary>
internal sealed class ApiPublisher(NamespaceTable namespaces, Func<IActorRef> actor, TimeProvider time)
{
    /// <summary>The largest message of any namespace, bytes.</summary>
    public int MessageBytes { get; } = namespaces.All.Max(space => space.MessageBytes);

    /// <summary>What stands against it on this channel, by its name, its namespace and the key of the caller; null: nothing.</summary>
    public ItemFault? Check(PublishItem item, ChannelName channel, ApiCaller caller)
    {
        if (!caller.Key.Reaches(channel.Value))
        {
            return new ItemFault(ErrorCode.Forbidden, "This key is not for that channel.", "channel");
        }

        if (!namespaces.TryFind(channel, out var space))
        {
            return new ItemFault(ErrorCode.NotFound, $"{NamespaceTable.Missing(channel)}.", "channel");
        }

        return item.Payload.Length > space.MessageBytes
            ? new ItemFault(ErrorCode.TooLarge, $"The message has {item.Payload.Length} bytes; one of namespace {space.Name} has at most {space.MessageBytes}.", item.Payload.IsBinary ? "bytes" : "data")
            : null;
    }

    public PublishOrder Order(PublishItem item, ChannelName channel, ApiCaller caller, IPublishWaiter waiter, int number) => new(
        new ChannelRequest.Publish(channel, 0, item.Payload, default, null)
        {
            Tags = item.Tags,
            Expected = item.Expected,
            Except = item.Except,
            Expires = item.TimeToLive is { } ttl ? time.GetUtcNow().Add(ttl).ToUnixTimeMilliseconds() : null,
            Producer = item.IdempotencyKey is { } key ? ProducerOf(caller.Id, key) : null,
            Sequence = item.IdempotencyKey is null ? null : 1,
        },
        waiter,
        number);

    public void Send(IReadOnlyList<PublishOrder> orders)
    {
        if (orders.Count > 0)
        {
            actor().Tell(new PublisherActor.Send(orders));
        }
    }

    /// <summary>Each key of a caller is a producer that publishes once: the window that recognises repeats of clients recognises this one.</summary>
    private static ProducerId ProducerOf(string caller, string key) => ProducerId.OfServer(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller}\n{key}")));
}
