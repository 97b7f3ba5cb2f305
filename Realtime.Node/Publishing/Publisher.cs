using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Asking;
using Realtime.Node.Codecs;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Publishing;

/// <summary>Makes requests to channels of what the application wants published, in its own code or over HTTP, and sends them.</summary>
/// <param name="actor">Asked for with each publish: the node starts later than this is made.</param>
internal sealed class Publisher(NamespaceTable namespaces, Func<IActorRef> actor, TimeProvider time)
{
    /// <summary>Longest idempotency key, characters.</summary>
    public const int KeyLength = 128;

    /// <summary>Most channels of one message.</summary>
    public const int MostChannels = 100;

    /// <summary>30 days: longer than that nothing is kept because of it.</summary>
    public static readonly TimeSpan LongestTimeToLive = TimeSpan.FromDays(30);

    public static readonly TimeSpan ShortestTimeToLive = TimeSpan.FromMilliseconds(1);

    /// <summary>The largest message of any namespace, bytes.</summary>
    public int MessageBytes { get; } = namespaces.All.Max(space => space.MessageBytes);

    public static bool IsKey(string key) => key.Length is >= 1 and <= KeyLength && !key.Any(char.IsControl);

    /// <param name="fault">What the text is, to stand behind the name of a member.</param>
    public static bool TryName(string text, out ChannelName channel, [NotNullWhen(false)] out string? fault)
    {
        fault = !ChannelName.TryParse(text, out channel, out var why) ? $"is no name of a channel: {why}"
            : channel.IsReserved ? "belongs to the server"
            : null;
        return fault is null;
    }

    /// <param name="fault">What is wrong, to stand behind the name of a member.</param>
    public static bool AreTags(IReadOnlyList<KeyValuePair<string, string>> tags, [NotNullWhen(false)] out string? fault)
    {
        fault = tags.Count > FrameBounds.Tags || tags.Any(tag => tag.Key.Length == 0 || Encoding.UTF8.GetByteCount(tag.Key) > FrameBounds.TagKeyBytes)
            || tags.Select(tag => tag.Key).Distinct(StringComparer.Ordinal).Count() < tags.Count
                ? $"has more than {FrameBounds.Tags} entries, a key twice, or one that is not 1 to {FrameBounds.TagKeyBytes} bytes"
            : tags.Any(tag => Encoding.UTF8.GetByteCount(tag.Value) > FrameBounds.TagValueBytes) ? $"has a value longer than {FrameBounds.TagValueBytes} bytes"
            : null;
        return fault is null;
    }

    /// <summary>What stands against it on this channel, by its name, its namespace and who publishes; null: nothing.</summary>
    public RequestFault? Check(PublishItem item, ChannelName channel, IPublishCaller caller)
    {
        if (!caller.Reaches(channel))
        {
            return new RequestFault(ErrorCode.Forbidden, "This key is not for that channel.", "channel");
        }

        if (!namespaces.TryFind(channel, out var space))
        {
            return new RequestFault(ErrorCode.NotFound, $"{NamespaceTable.Missing(channel)}.", "channel");
        }

        return item.Payload.Length > space.MessageBytes
            ? new RequestFault(ErrorCode.TooLarge, $"The message has {item.Payload.Length} bytes; one of namespace {space.Name} has at most {space.MessageBytes}.", item.Payload.IsBinary ? "bytes" : "data")
            : null;
    }

    public PublishOrder Order(PublishItem item, ChannelName channel, IPublishCaller caller, IPublishWaiter waiter, int number) => new(
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

    /// <summary>Sends requests that were made elsewhere.</summary>
    /// <returns>In their order; null: no answer came in time, and it may have been published.</returns>
    public async Task<IReadOnlyList<ChannelReply?>> SendAsync(IReadOnlyList<ChannelRequest.Publish> requests)
    {
        var replies = new Replies(requests.Count);
        Send([.. requests.Select((request, number) => new PublishOrder(request, replies, number))]);
        return await replies.All.ConfigureAwait(false);
    }

    /// <summary>Each key of a caller is a producer that publishes once: the window that recognises repeats of clients recognises this one.</summary>
    private static ProducerId ProducerOf(string caller, string key) => ProducerId.OfServer(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller}\n{key}")));

    private sealed class Replies(int count) : IPublishWaiter
    {
        private readonly ChannelReply?[] _replies = new ChannelReply?[count];
        private readonly TaskCompletionSource<IReadOnlyList<ChannelReply?>> _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _open = count;

        public Task<IReadOnlyList<ChannelReply?>> All => _replies.Length == 0 ? Task.FromResult<IReadOnlyList<ChannelReply?>>([]) : _all.Task;

        public void Answered(PublishOrder order, ChannelReply? reply)
        {
            _replies[order.Number] = reply;
            if (Interlocked.Decrement(ref _open) == 0)
            {
                _all.TrySetResult(_replies);
            }
        }
    }
}
