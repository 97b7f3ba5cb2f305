using System.Text.Json;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Publishing;

namespace Realtime.Node.Application;

/// <summary>Publishes for the host application.</summary>
internal sealed class RealtimePublisher(Publisher publisher, JsonSerializerOptions json) : IRealtime
{
    public async Task<string?> PublishAsync<T>(string channel, T data, PublishSettings? settings = null, CancellationToken cancellation = default)
    {
        settings ??= new PublishSettings();
        if (!Publisher.TryName(channel, out var name, out var fault))
        {
            throw new ArgumentException($"'{channel}' {fault}.", nameof(channel));
        }

        return await PublishAsync(Item(name, data, settings), cancellation).ConfigureAwait(false);
    }

    private PublishItem Item<T>(ChannelName channel, T data, PublishSettings settings)
    {
        if (settings.IdempotencyKey is { } key && !Publisher.IsKey(key))
        {
            throw new ArgumentException($"An idempotency key has 1 to {Publisher.KeyLength} characters and none of them is a control character.", nameof(settings));
        }

        return new PublishItem([channel], new Payload(JsonSerializer.SerializeToUtf8Bytes(data, json))) { Tags = settings.Tags, IdempotencyKey = settings.IdempotencyKey };
    }

    private async Task<string?> PublishAsync(PublishItem item, CancellationToken cancellation)
    {
        if (publisher.Check(item, item.Channels[0], ApplicationCaller.Instance) is { } wrong)
        {
            throw new ArgumentException(wrong.Detail, wrong.Field);
        }

        var gathering = new Gathering();
        gathering.Add(publisher, item, ApplicationCaller.Instance);
        await gathering.PublishAsync(publisher).WaitAsync(cancellation).ConfigureAwait(false);
        var result = gathering.Results[0];
        return result.Fault is not { } fault ? result.Position?.ToString()
            : throw new RealtimeRefusedException(fault.Code, fault.Detail, fault.RetryAfter is { } wait ? TimeSpan.FromMilliseconds(wait) : null, fault.Outcome);
    }
}
