using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Realtime.Messages.Errors;
using Realtime.Node.Api.Door;
using Realtime.Node.Api.Publishing;
using Realtime.Node.Asking;
using Realtime.Node.Publishing;

namespace Realtime.Node.Api;

/// <summary>Publishing: one message, many, or a stream of lines.</summary>
internal sealed class PublishEndpoints(Publisher publisher, IPublishScheduler scheduler, SessionActions sessions, TimeProvider time)
{
    public const string KeyHeader = "Idempotency-Key";
    public const string LineType = "application/x-ndjson";
    public const int MostItems = 1000;

    /// <summary>What a line has beside its message: names of members, channel, tags.</summary>
    private const int LineOverhead = 8 * 1024;
    private static readonly JsonReaderOptions BatchOptions = new() { MaxDepth = ItemReader.Depth + 2 };

    public async Task PublishAsync(HttpContext context, ApiCaller caller)
    {
        var body = await ApiBody.ReadAsync(context, ApiBody.MostOfOne, time).ConfigureAwait(false);
        var item = ItemReader.Read(body.Span);
        caller.Budget?.Owe(item.Channels.Count, body.Length);
        if (context.Request.Headers[KeyHeader].ToString() is { Length: > 0 } key)
        {
            if (!Publisher.IsKey(key) || (item.IdempotencyKey is { } other && other != key))
            {
                throw ApiFaultException.Bad($"{KeyHeader} must have 1 to {Publisher.KeyLength} characters, and not another value than idempotencyKey in the body.", KeyHeader);
            }

            item = item with { IdempotencyKey = key };
        }

        if (!item.Session.IsNone && item.At is null && publisher.Check(item, item.Channels[0], caller) is null && await sessions.OpenAsync(item.Session, context.RequestAborted).ConfigureAwait(false) is { } closed)
        {
            throw ApiFaultException.Of(closed.Field is null ? closed : closed with { Field = "session" });
        }

        var gathering = new Gathering(scheduler);
        gathering.Add(publisher, item, caller);
        await gathering.PublishAsync(publisher).ConfigureAwait(false);
        if (!item.IsMany && gathering.Results[0].Fault is { } fault)
        {
            throw ApiFaultException.Of(fault);
        }

        await ApiAnswer.WriteAsync(context, json =>
        {
            if (item.IsMany)
            {
                Results(json, gathering.Results, withChannel: true);
                return;
            }

            json.WriteStartObject();
            gathering.Results[0].Write(json);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    public async Task BatchAsync(HttpContext context, ApiCaller caller)
    {
        var body = await ApiBody.ReadAsync(context, ApiBody.MostOfBatch, time).ConfigureAwait(false);
        var gathering = new Gathering(scheduler);
        AddAll(gathering, body.Span, caller);
        caller.Budget?.Owe(gathering.Results.Count, body.Length);
        await gathering.PublishAsync(publisher).ConfigureAwait(false);
        await ApiAnswer.WriteAsync(context, json => Results(json, gathering.Results, withChannel: false)).ConfigureAwait(false);
    }

    public async Task IngestAsync(HttpContext context, ApiCaller caller)
    {
        if (context.Request.ContentType?.Split(';')[0].Trim() is not (LineType or "application/jsonl"))
        {
            throw ApiFaultException.Bad($"The body must be lines of JSON, with Content-Type: {LineType}.", "Content-Type");
        }

        ApiBody.Unbind(context);
        var most = publisher.MessageBytes + LineOverhead;
        if (context.Request.Headers.Accept.ToString().Contains(LineType, StringComparison.OrdinalIgnoreCase))
        {
            await StreamAsync(context, caller, most).ConfigureAwait(false);
            return;
        }

        var ingest = new Ingest(publisher, scheduler, caller, most, results: null);
        await ingest.RunAsync(context.Request.BodyReader, context.RequestAborted).ConfigureAwait(false);
        await ApiAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("lines", ingest.Lines);
            json.WriteNumber("published", ingest.Published);
            json.WriteNumber("failed", ingest.Failed);
            json.WriteStartArray("errors");
            foreach (var fault in ingest.Faults)
            {
                Ingest.Write(json, fault);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    /// <summary>A line of answer for each line, as the answers come; a caller that does not read them is not read from either.</summary>
    private async Task StreamAsync(HttpContext context, ApiCaller caller, int most)
    {
        var results = Channel.CreateUnbounded<Ingest.LineResult>(new UnboundedChannelOptions { SingleReader = true });
        var ingest = new Ingest(publisher, scheduler, caller, most, results.Writer);
        context.Response.ContentType = LineType;
        context.Response.Headers.CacheControl = "no-store";
        var writing = WriteAsync();
        try
        {
            await ingest.RunAsync(context.Request.BodyReader, context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            results.Writer.TryComplete();
        }

        await writing.ConfigureAwait(false);

        async Task WriteAsync()
        {
            var buffer = new ArrayBufferWriter<byte>();
            await using var json = new Utf8JsonWriter(buffer, ApiAnswer.Writing);
            var taken = 0;
            while (await results.Reader.WaitToReadAsync(context.RequestAborted).ConfigureAwait(false))
            {
                while (buffer.WrittenCount < 64 * 1024 && results.Reader.TryRead(out var line))
                {
                    taken++;
                    Ingest.Write(json, line);
                    json.Flush();
                    buffer.Write("\n"u8);
                    json.Reset();
                }

                ingest.Taken(taken);
                taken = 0;
                await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
                buffer.ResetWrittenCount();
            }
        }
    }

    private void AddAll(Gathering gathering, ReadOnlySpan<byte> body, ApiCaller caller)
    {
        try
        {
            var reader = new Utf8JsonReader(body, BatchOptions);
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartObject)
            {
                if (!reader.Read() || reader.TokenType is not JsonTokenType.PropertyName || !reader.ValueTextEquals("messages"u8) || !reader.Read())
                {
                    throw ApiFaultException.Bad("The body must be {\"messages\": […]}, or the array alone.", "messages");
                }
            }

            if (reader.TokenType is not JsonTokenType.StartArray)
            {
                throw ApiFaultException.Bad("messages must be an array.", "messages");
            }

            var count = 0;
            var several = reader.CurrentDepth;
            while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
            {
                if (++count > MostItems)
                {
                    throw new ApiFaultException(ErrorCode.TooMany, $"A batch has at most {MostItems} messages.", "messages");
                }

                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (!ItemReader.TryRead(body[start..(int)reader.BytesConsumed], out var item, out var fault))
                {
                    gathering.Add(fault);
                }
                else if (!item.Session.IsNone)
                {
                    gathering.Add(new RequestFault(ErrorCode.BadRequest, "A message to a session is published alone.", "session"));
                }
                else if (item.IsMany)
                {
                    gathering.Add(new RequestFault(ErrorCode.BadRequest, "A message of a batch is for one channel: results are in the order of messages.", "channels"));
                }
                else
                {
                    gathering.Add(publisher, item, caller);
                }
            }

            if (count == 0)
            {
                throw ApiFaultException.Bad("messages is empty.", "messages");
            }

            if ((several > 0 && (!reader.Read() || reader.TokenType is not JsonTokenType.EndObject)) || reader.Read())
            {
                throw ApiFaultException.Bad("The body has something behind messages.", "messages");
            }
        }
        catch (JsonException)
        {
            throw ApiFaultException.Bad($"The body is not JSON of at most {BatchOptions.MaxDepth} levels.");
        }
        catch (InvalidOperationException)
        {
            throw ApiFaultException.Bad("The body is not valid Unicode.");
        }
    }

    private static void Results(Utf8JsonWriter json, IReadOnlyList<PublishResult> results, bool withChannel)
    {
        json.WriteStartObject();
        json.WriteStartArray("results");
        foreach (var result in results)
        {
            json.WriteStartObject();
            result.Write(json, withChannel);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
