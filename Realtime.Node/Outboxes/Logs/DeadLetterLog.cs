using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Events;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Outboxes.Logs;

/// <summary>The events that one target could not be given, on a log: letters, and which of them are settled. An event is on it once, however often it is written.</summary>
internal sealed class DeadLetterLog(DeliveryChannels channels, string target)
{
    private const int PageMessages = 256;
    private const int PageBytes = 1024 * 1024;
    private const long Buries = 1;
    private const long Settles = 2;

    private readonly ChannelName _log = ServerLogs.Channel(ServerLogs.Dead, target);

    public Task BuryAsync(ApplicationEvent happened, string why, int tries, CancellationToken cancellation) => WriteAsync(
        happened.Id,
        Buries,
        json =>
        {
            EventJson.Write(json, happened);
            json.WriteString("why", why);
            json.WriteNumber("tries", tries);
        },
        cancellation);

    /// <summary>It was delivered after all, or is not wanted any more.</summary>
    public Task SettleAsync(string id, CancellationToken cancellation) => WriteAsync(id, Settles, json => json.WriteString("settled", id), cancellation);

    /// <summary>Those that are not settled, oldest first.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ReadAsync(CancellationToken cancellation)
    {
        var letters = new OrderedDictionary<string, DeadLetter>(StringComparer.Ordinal);
        var after = default(StreamPosition);
        while (true)
        {
            var page = await channels.ReadAsync(_log, after, PageMessages, PageBytes, cancellation).ConfigureAwait(false);
            foreach (var message in page.Messages)
            {
                Take(letters, message);
            }

            var through = page.Messages.Count > 0 ? new StreamPosition(page.Head.Epoch, page.Messages[^1].Offset) : page.Gap?.Position ?? page.After;
            if (through == after || (through.Epoch == page.Head.Epoch && through.Offset >= page.Head.Offset))
            {
                return [.. letters.Values];
            }

            after = through;
        }
    }

    private static void Take(OrderedDictionary<string, DeadLetter> letters, LogMessage message)
    {
        var json = JsonElement.Parse(message.Payload.Bytes.Span);
        if (json.TryGetProperty("settled", out var settled))
        {
            letters.Remove(settled.GetString()!);
        }
        else if (EventJson.Read(json) is { } happened)
        {
            letters[happened.Id] = new DeadLetter(happened, json.GetProperty("why").GetString()!, json.GetProperty("tries").GetInt32(), message.At);
        }
    }

    private Task<StreamPosition> WriteAsync(string id, long sequence, Action<Utf8JsonWriter> members, CancellationToken cancellation)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        var writer = ProducerId.OfServer(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 18));
        return channels.PublishAsync(_log, new Payload(buffer.WrittenMemory), writer, sequence, null, cancellation);
    }
}
