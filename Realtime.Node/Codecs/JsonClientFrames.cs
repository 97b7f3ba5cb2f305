using System.Text;
using System.Text.Json;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Codecs;

/// <summary>JSON objects → client frames (protocol.md §3, the table from client to server).</summary>
internal static class JsonClientFrames
{
    /// <summary>Reads the object that <paramref name="reader"/> has just entered.</summary>
    public static ClientFrame Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> input)
    {
        var fields = new JsonObjectReader(ref reader, input, "frame");
        var frame = Build(TypeOf(ref fields), ref fields);
        if (frame is not null && fields.Fault is null)
        {
            return frame;
        }

        return fields.Fault is { } fault
            ? new ClientFrame.Malformed(fields.UsableId(), ErrorCode.BadRequest, fault)
            : new ClientFrame.Malformed(fields.UsableId(), ErrorCode.UnknownType, "frame.type is not one that this server knows");
    }

    /// <returns>Null when there is no frame of this type; when a field is wrong, a frame that must not be used.</returns>
    private static ClientFrame? Build(scoped ReadOnlySpan<byte> type, ref JsonObjectReader fields)
    {
        if (Is(type, "publish"u8, "publish", ref fields))
        {
            return Publish(ref fields);
        }

        if (Is(type, "pong"u8, "pong", ref fields))
        {
            return new ClientFrame.Pong(JsonParts.Positions(ref fields, JsonField.Ack));
        }

        if (Is(type, "ack"u8, "ack", ref fields))
        {
            fields.Require(JsonField.Positions);
            return new ClientFrame.Ack(JsonParts.Positions(ref fields, JsonField.Positions));
        }

        if (Is(type, "subscribe"u8, "subscribe", ref fields))
        {
            return new ClientFrame.Subscribe(fields.Id(), JsonParts.Subscription(ref fields));
        }

        if (Is(type, "unsubscribe"u8, "unsubscribe", ref fields))
        {
            return new ClientFrame.Unsubscribe(fields.Id(), fields.Channel());
        }

        if (Is(type, "hello"u8, "hello", ref fields))
        {
            return Hello(ref fields);
        }

        if (Is(type, "positions"u8, "positions", ref fields))
        {
            return Positions(ref fields);
        }

        if (Is(type, "history"u8, "history", ref fields))
        {
            return History(ref fields);
        }

        if (Is(type, "presence"u8, "presence", ref fields))
        {
            return new ClientFrame.Presence(fields.Id(), fields.Channel(), After(ref fields));
        }

        if (Is(type, "update"u8, "update", ref fields))
        {
            var (id, channel) = (fields.Id(), fields.Channel());
            fields.Require(JsonField.Presence);
            return new ClientFrame.Update(id, channel, fields.Json(JsonField.Presence) ?? default);
        }

        if (Is(type, "call"u8, "call", ref fields))
        {
            return new ClientFrame.Call(
                fields.Id(), fields.RequiredText(JsonField.Method, FrameBounds.MethodBytes), fields.Json(JsonField.Data), fields.Sequence());
        }

        if (Is(type, "set"u8, "set", ref fields))
        {
            return Set(ref fields);
        }

        if (Is(type, "refresh"u8, "refresh", ref fields))
        {
            return new ClientFrame.Refresh(
                fields.Id(), fields.RequiredText(JsonField.Token, FrameBounds.TokenBytes), fields.OptionalChannel());
        }

        if (Is(type, "bye"u8, "bye", ref fields))
        {
            return new ClientFrame.Bye(fields.Has(JsonField.Id) ? fields.Id() : 0);
        }

        fields.RefuseDuplicates();
        return null;
    }

    private static bool Is(scoped ReadOnlySpan<byte> type, scoped ReadOnlySpan<byte> wanted, string name, ref JsonObjectReader fields)
    {
        if (!type.SequenceEqual(wanted))
        {
            return false;
        }

        fields.Name(name);
        fields.RefuseDuplicates();
        return true;
    }

    private static ReadOnlySpan<byte> TypeOf(scoped ref JsonObjectReader fields)
    {
        if (!fields.Require(JsonField.Type))
        {
            return default;
        }

        if (fields.KindOf(JsonField.Type) != JsonTokenType.String)
        {
            fields.Fail(JsonField.Type, "must be a string");
            return default;
        }

        var raw = fields.RawOf(JsonField.Type);
        if (!raw.Contains((byte)'\\'))
        {
            return raw[1..^1];
        }

        return raw.Length <= JsonFields.LongestName * 6 && JsonText.Decode(raw) is { } type ? Encoding.UTF8.GetBytes(type) : default;
    }

    private static ClientFrame.Hello Hello(ref JsonObjectReader fields)
    {
        var (name, version) = Client(ref fields);
        return new ClientFrame.Hello(fields.Id())
        {
            Token = fields.Text(JsonField.Token, 1, FrameBounds.TokenBytes),
            Session = fields.Text(JsonField.Session, 1, FrameBounds.ResumeTokenBytes),
            Positions = JsonParts.Positions(ref fields, JsonField.Positions),
            More = fields.Flag(JsonField.More, otherwise: false),
            Subscriptions = JsonParts.Subscriptions(ref fields),
            Producer = Producer(ref fields),
            Attempt = fields.Number(JsonField.Attempt),
            ClientName = name,
            ClientVersion = version,
            Data = fields.Json(JsonField.Data),
        };
    }

    private static ClientFrame.MorePositions Positions(ref JsonObjectReader fields)
    {
        fields.Require(JsonField.Positions);
        var positions = JsonParts.Positions(ref fields, JsonField.Positions);
        var more = fields.Flag(JsonField.More, otherwise: false);
        if (more && positions.Count == 0)
        {
            fields.Fail(JsonField.Positions, "is empty, and more are to come");
        }

        return new ClientFrame.MorePositions(positions, more);
    }

    private static (string? Name, string? Version) Client(ref JsonObjectReader fields)
    {
        if (!fields.Has(JsonField.Client) || !JsonParts.IsObject(ref fields, JsonField.Client))
        {
            return default;
        }

        var input = fields.RawOf(JsonField.Client);
        var reader = new Utf8JsonReader(input);
        reader.Read();
        var client = new JsonObjectReader(ref reader, input, "hello.client");
        client.RefuseDuplicates();
        var name = client.Text(JsonField.Name, 0, FrameBounds.ClientTextBytes);
        var version = client.Text(JsonField.Version, 0, FrameBounds.ClientTextBytes);
        fields.Adopt(client.Fault);
        return (name, version);
    }

    private static ProducerId? Producer(ref JsonObjectReader fields)
    {
        if (fields.Text(JsonField.Producer, 0, ProducerId.MaxLength) is not { } text)
        {
            return null;
        }

        if (!ProducerId.TryParse(text, out var producer))
        {
            fields.Fail(JsonField.Producer, $"must be 1 to {ProducerId.MaxLength} letters, digits, '-', '_' or '.'");
        }

        return producer;
    }

    private static ClientFrame.Publish Publish(ref JsonObjectReader fields) =>
        new(fields.Id(), fields.Channel(), JsonParts.Content(ref fields))
        {
            Sequence = fields.Sequence(),
            Echo = fields.Flag(JsonField.Echo, otherwise: true),
            Tags = JsonParts.Tags(ref fields),
        };

    private static ClientFrame.History History(ref JsonObjectReader fields)
    {
        var frame = new ClientFrame.History(fields.Id(), fields.Channel())
        {
            From = JsonParts.Start(ref fields),
            Reverse = fields.Flag(JsonField.Reverse, otherwise: false),
        };
        if (!fields.Has(JsonField.Limit))
        {
            return frame;
        }

        if (!fields.TryInteger(JsonField.Limit, 1, FrameBounds.Count, out var limit))
        {
            fields.Fail(JsonField.Limit, $"must be a positive integer up to {FrameBounds.Count}");
        }

        return frame with { Limit = (int)limit };
    }

    private static ClientFrame.Set Set(ref JsonObjectReader fields)
    {
        var (id, key) = (fields.Id(), fields.RequiredText(JsonField.Key, FrameBounds.KeyBytes));
        fields.Require(JsonField.Value);
        Payload? value = fields.KindOf(JsonField.Value) == JsonTokenType.Null ? null : fields.Json(JsonField.Value);
        return new ClientFrame.Set(id, key, value);
    }

    private static SessionId After(ref JsonObjectReader fields)
    {
        var session = default(SessionId);
        if (fields.Has(JsonField.After) && !SessionId.TryParse(fields.Text(JsonField.After, 1, SessionId.TextLength), out session))
        {
            fields.Fail(JsonField.After, "must be the session of a member");
        }

        return session;
    }
}
