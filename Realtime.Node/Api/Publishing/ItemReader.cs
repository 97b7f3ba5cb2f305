using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Codecs;
using Realtime.Node.Namespaces;
using Realtime.Node.Asking;
using Realtime.Node.Publishing;

namespace Realtime.Node.Api.Publishing;

/// <summary>
/// Reads one message to publish. By hand, because lines come by the hundred thousand a second, and strictly: a member that nobody knows is refused, because a misspelt one that is passed over
/// would do something else than was asked for.
/// </summary>
internal static class ItemReader
{
    public const int Depth = 32;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = Depth };

    /// <exception cref="ApiFaultException">It is no such message, and why not.</exception>
    public static PublishItem Read(ReadOnlySpan<byte> json)
    {
        if (!TryRead(json, out var item, out var fault))
        {
            throw new ApiFaultException(fault.Code, fault.Detail, fault.Field);
        }

        return item;
    }

    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out PublishItem? item, [NotNullWhen(false)] out RequestFault? fault)
    {
        var reading = default(Reading);
        try
        {
            reading.Read(json);
        }
        catch (JsonException)
        {
            reading.Fail("is not one JSON object of at most 32 levels", null);
        }
        catch (InvalidOperationException)
        {
            // Escaped halves of surrogate pairs: valid JSON, and no text.
            reading.Fail("is not valid Unicode", null);
        }

        item = reading.Fault is null ? reading.ToItem() : null;
        fault = reading.Fault;
        return item is not null;
    }

    private ref struct Reading
    {
        private uint _seen;
        private List<ChannelName>? _channels;
        private bool _isMany;
        private Payload? _payload;
        private List<KeyValuePair<string, string>>? _tags;
        private string? _key;
        private StreamPosition? _expected;
        private TimeSpan? _ttl;
        private SessionId _except;
        private SessionId _session;
        private long? _at;

        public RequestFault? Fault { get; private set; }

        public void Fail(string what, string? field) =>
            Fault ??= new RequestFault(ErrorCode.BadRequest, field is null ? $"The message {what}." : $"{field} {what}.", field);

        public void Read(ReadOnlySpan<byte> json)
        {
            var reader = new Utf8JsonReader(json, Options);
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            {
                Fail("must be a JSON object", null);
                return;
            }

            while (Fault is null && reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                Member(ref reader, json);
            }

            if (Fault is null && reader.Read())
            {
                Fail("has something behind its end", null);
            }
        }

        public PublishItem? ToItem()
        {
            if (_channels is null)
            {
                Fail("needs one of channel, channels, user and session", null);
            }

            if (_payload is null)
            {
                Fail("is missing, and so is bytes", "data");
            }

            if (_expected is not null && _isMany)
            {
                Fail("is for one channel only", "expected");
            }

            return Fault is not null ? null : new PublishItem(_channels!, _payload!.Value)
            {
                IsMany = _isMany,
                Tags = _tags ?? (IReadOnlyList<KeyValuePair<string, string>>)[],
                IdempotencyKey = _key,
                Expected = _expected,
                TimeToLive = _ttl,
                Except = _except,
                Session = _session,
                At = _at,
            };
        }

        private void Member(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
        {
            if (reader.ValueTextEquals("channel"u8))
            {
                if (Once(0, "channel") && Text(ref reader, "channel", ChannelName.MaxBytes) is { } name)
                {
                    Target(name, "channel");
                }
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                if (Once(1, "data"))
                {
                    reader.Read();
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    var raw = json[start..(int)reader.BytesConsumed];
                    if (JsonText.HasLoneSurrogate(raw))
                    {
                        Fail("is not valid Unicode", "data");
                    }

                    _payload = new Payload(raw.ToArray());
                }
            }
            else if (reader.ValueTextEquals("bytes"u8))
            {
                if (Once(1, "bytes"))
                {
                    reader.Read();
                    if (reader.TokenType is JsonTokenType.String && reader.TryGetBytesFromBase64(out var bytes))
                    {
                        _payload = new Payload(bytes, IsBinary: true);
                    }
                    else
                    {
                        Fail("must be a string of base64", "bytes");
                    }
                }
            }
            else if (reader.ValueTextEquals("idempotencyKey"u8))
            {
                if (Once(2, "idempotencyKey") && Text(ref reader, "idempotencyKey", Publisher.KeyLength * 4) is { } key)
                {
                    _key = key;
                    if (!Publisher.IsKey(key))
                    {
                        Fail($"must be 1 to {Publisher.KeyLength} characters and none of them a control character", "idempotencyKey");
                    }
                }
            }
            else if (reader.ValueTextEquals("tags"u8))
            {
                if (Once(3, "tags"))
                {
                    Tags(ref reader);
                }
            }
            else if (reader.ValueTextEquals("channels"u8))
            {
                if (Once(0, "channels"))
                {
                    Many(ref reader);
                }
            }
            else if (reader.ValueTextEquals("user"u8))
            {
                if (Once(0, "user") && Text(ref reader, "user", ChannelName.MaxBytes) is { } user)
                {
                    Target(user.Length == 0 ? "" : "@" + user, "user");
                }
            }
            else if (reader.ValueTextEquals("session"u8))
            {
                if (Once(0, "session") && Session(ref reader, "session") is { } session)
                {
                    _session = session;
                    _channels = [ServerLogs.Channel(ServerLogs.Session, session.ToString())];
                }
            }
            else if (reader.ValueTextEquals("expected"u8))
            {
                if (Once(4, "expected") && Text(ref reader, "expected", 40) is { } text)
                {
                    if (StreamPosition.TryParse(text, out var position))
                    {
                        _expected = position;
                    }
                    else
                    {
                        Fail("must be a position, EPOCH:OFFSET", "expected");
                    }
                }
            }
            else if (reader.ValueTextEquals("ttl"u8))
            {
                if (Once(5, "ttl"))
                {
                    reader.Read();
                    if (reader.TokenType is JsonTokenType.Number && reader.TryGetDouble(out var seconds) && seconds >= Publisher.ShortestTimeToLive.TotalSeconds && seconds <= Publisher.LongestTimeToLive.TotalSeconds)
                    {
                        _ttl = TimeSpan.FromSeconds(seconds);
                    }
                    else
                    {
                        Fail("must be seconds, 0.001 to 2592000", "ttl");
                    }
                }
            }
            else if (reader.ValueTextEquals("exceptSession"u8))
            {
                if (Once(6, "exceptSession") && Session(ref reader, "exceptSession") is { } session)
                {
                    _except = session;
                }
            }
            else if (reader.ValueTextEquals("at"u8))
            {
                if (Once(7, "at"))
                {
                    if (DueTime.TryRead(ref reader, out var due))
                    {
                        _at = due;
                    }
                    else
                    {
                        Fail(DueTime.Expectation, "at");
                    }
                }
            }
            else
            {
                var name = reader.GetString()!;
                Fail("is no member of a message", name.Length > 64 ? name[..64] : name);
            }
        }

        private bool Once(int place, string field)
        {
            var bit = 1u << place;
            if ((_seen & bit) != 0)
            {
                Fail(place switch
                {
                    0 => "excludes the others: of channel, channels, user and session a message has one",
                    1 => "appears twice, or beside its like: a message has data or bytes",
                    _ => "appears twice",
                }, field);
                return false;
            }

            _seen |= bit;
            return true;
        }

        private string? Text(ref Utf8JsonReader reader, string field, int mostBytes)
        {
            reader.Read();
            return Text(ref reader, field, mostBytes, "must be a string");
        }

        private string? Text(ref Utf8JsonReader reader, string field, int mostBytes, string wanted)
        {
            if (reader.TokenType is not JsonTokenType.String)
            {
                Fail(wanted, field);
                return null;
            }

            // A byte takes at most six when it is escaped: what is longer than that is too long whatever it says.
            if (reader.ValueSpan.Length > mostBytes * 6 || (reader.ValueIsEscaped && JsonText.HasLoneSurrogate(reader.ValueSpan)))
            {
                Fail($"must be valid Unicode of at most {mostBytes} bytes", field);
                return null;
            }

            var text = reader.GetString()!;
            if (Encoding.UTF8.GetByteCount(text) > mostBytes)
            {
                Fail($"is longer than {mostBytes} bytes", field);
                return null;
            }

            return text;
        }

        private void Target(string name, string field)
        {
            if (!Publisher.TryName(name, out var channel, out var fault))
            {
                Fail(field == "user" ? "is no name of a user" : fault, field);
                return;
            }

            (_channels ??= []).Add(channel);
        }

        private void Many(ref Utf8JsonReader reader)
        {
            _isMany = true;
            reader.Read();
            if (reader.TokenType is not JsonTokenType.StartArray)
            {
                Fail("must be an array of names", "channels");
                return;
            }

            while (Fault is null && reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
            {
                if (_channels?.Count == Publisher.MostChannels)
                {
                    Fail($"has more than {Publisher.MostChannels} names", "channels");
                }
                else if (Text(ref reader, "channels", ChannelName.MaxBytes, "must be an array of names") is { } name)
                {
                    Target(name, "channels");
                }
            }

            if (Fault is null && (_channels is null || _channels.Distinct().Count() < _channels.Count))
            {
                Fail(_channels is null ? "is empty" : "names a channel twice", "channels");
            }
        }

        private SessionId? Session(ref Utf8JsonReader reader, string field)
        {
            if (Text(ref reader, field, 64) is not { } text)
            {
                return null;
            }

            if (SessionId.TryParse(text, out var session))
            {
                return session;
            }

            Fail("is no id of a session: 22 characters of base64url", field);
            return null;
        }

        private void Tags(ref Utf8JsonReader reader)
        {
            reader.Read();
            if (reader.TokenType is not JsonTokenType.StartObject)
            {
                Fail("must be an object of texts", "tags");
                return;
            }

            _tags = [];
            while (Fault is null && reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var key = reader.ValueSpan.Length <= FrameBounds.TagKeyBytes * 6 ? reader.GetString()! : "";
                if (_tags.Count == FrameBounds.Tags || key.Length == 0 || Encoding.UTF8.GetByteCount(key) > FrameBounds.TagKeyBytes || _tags.Exists(tag => tag.Key == key))
                {
                    Fail($"has more than {FrameBounds.Tags} entries, a key twice, or one that is not 1 to {FrameBounds.TagKeyBytes} bytes", "tags");
                }
                else if (Text(ref reader, "tags", FrameBounds.TagValueBytes) is { } value)
                {
                    _tags.Add(KeyValuePair.Create(key, value));
                }
            }
        }
    }
}
