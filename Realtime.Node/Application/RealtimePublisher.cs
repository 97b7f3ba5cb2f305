using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Application;

/// <summary>Publishes for the host application.</summary>
/// <param name="channels">Asked for with each publish: the node starts after its application is built.</param>
internal sealed class RealtimePublisher(NamespaceTable namespaces, JsonSerializerOptions json, Func<ChannelAsks> channels) : IRealtime
{
    private const int LongestKey = 128;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public async Task<string?> PublishAsync<T>(string channel, T data, PublishSettings? settings = null, CancellationToken cancellation = default)
    {
        settings ??= new PublishSettings();
        var (name, space) = Find(channel);
        var payload = new Payload(JsonSerializer.SerializeToUtf8Bytes(data, json));
        if (payload.Length > space.MessageBytes)
        {
            throw new ArgumentException($"The message is {payload.Length} bytes; {space.MessageBytes} are allowed in namespace {space.Name}.", nameof(data));
        }

        var publish = new ChannelRequest.Publish(name, ChannelAsks.Tag, payload, default, null)
        {
            Producer = settings.IdempotencyKey is { } key ? Producer(key) : null,
            Sequence = settings.IdempotencyKey is null ? null : 1,
            Tags = settings.Tags,
        };
        var asked = publish.Producer is null ? channels().AskOnceAsync(publish, Patience) : channels().AskAsync(publish, Patience);
        return await asked.WaitAsync(cancellation).ConfigureAwait(false) switch
        {
            ChannelReply.Published published => published.Position?.ToString(),
            ChannelReply.Refused refused => throw new RealtimeRefusedException(
                refused.Code, refused.Message, refused.RetryAfter is { } after ? TimeSpan.FromMilliseconds(after) : null, refused.Outcome),
            _ => throw new RealtimeRefusedException(ErrorCode.Timeout, "the channel did not answer in time", TimeSpan.FromSeconds(1), Outcome.Unknown),
        };
    }

    private (ChannelName Name, NamespacePolicy Space) Find(string channel)
    {
        if (!ChannelName.TryParse(channel, out var name, out var fault))
        {
            throw new ArgumentException(fault, nameof(channel));
        }

        return name.IsReserved ? throw new ArgumentException("Channels that begin with ~ belong to the server.", nameof(channel))
            : namespaces.TryFind(name, out var space) ? (name, space)
            : throw new ArgumentException(NamespaceTable.Missing(name), nameof(channel));
    }

    /// <summary>No client can name it: a client's producer has no such character.</summary>
    private static ProducerId Producer(string key) => key.Length is >= 1 and <= LongestKey
        ? ProducerId.FromStore("!" + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 18)))
        : throw new ArgumentException($"An idempotency key has 1 to {LongestKey} characters.", nameof(key));
}
