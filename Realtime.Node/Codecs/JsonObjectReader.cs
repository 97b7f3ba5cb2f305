using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Codecs;

/// <summary>
/// One JSON object of a client: where its known fields lie, and their values with their types and ranges checked. One pass over the
/// bytes finds the fields, because <c>type</c> may be the last of them. Nothing throws on a wrong value: the first thing that is
/// wrong stays in <see cref="Fault"/>, every later question returns a default, and the caller looks once at the end.
/// </summary>
internal ref struct JsonObjectReader
{
    private readonly ReadOnlySpan<byte> _input;
    private readonly int _index;
    private string _owner;
    private Slots _slots;
    private uint _seen;
    private JsonField _twice;

    /// <summary>Reads to the end of the object that <paramref name="reader"/> has just entered.</summary>
    /// <param name="input">What the reader reads.</param>
    /// <param name="owner">What the object is called in faults.</param>
    /// <param name="index">Its place in an array of that name; -1: it is in none.</param>
    public JsonObjectReader(ref Utf8JsonReader reader, ReadOnlySpan<byte> input, string owner, int index = -1)
    {
        _input = input;
        _owner = owner;
        _index = index;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldOf(ref reader);
            reader.Read();
            var slot = new Slot((int)reader.TokenStartIndex, 0, reader.TokenType);
            reader.Skip();
            if (field == JsonField.None)
            {
                continue;
            }

            if (Has(field) && _twice == JsonField.None)
            {
                _twice = field;
            }

            _seen |= 1u << (int)field;
            _slots[(int)field] = slot with { Length = (int)reader.BytesConsumed - slot.Start };
        }
    }

    public string? Fault { get; private set; }

    /// <summary>Faults from now on speak of the object by the name it turned out to have.</summary>
    public void Name(string owner) => _owner = owner;

    public readonly bool Has(JsonField field) => (_seen & (1u << (int)field)) != 0;

    public readonly JsonTokenType KindOf(JsonField field) => Has(field) ? _slots[(int)field].Kind : JsonTokenType.None;

    /// <summary>The bytes of the value as sent; strings with their quotes.</summary>
    public readonly ReadOnlySpan<byte> RawOf(JsonField field) => _input.Slice(_slots[(int)field].Start, _slots[(int)field].Length);

    public void Fail(JsonField field, string what) => Fault ??= $"{Path(field)} {what}";

    /// <summary>Takes over what was wrong with an object inside this one.</summary>
    public void Adopt(string? fault) => Fault ??= fault;

    /// <summary>Parsers disagree about which of two equal names counts, so neither does.</summary>
    public void RefuseDuplicates()
    {
        if (_twice != JsonField.None)
        {
            Fail(_twice, "appears twice");
        }
    }

    public bool Require(JsonField field)
    {
        if (!Has(field))
        {
            Fail(field, "is missing");
        }

        return Fault is null;
    }

    /// <summary>The id when there is one that an answer can carry, else 0.</summary>
    public readonly long UsableId() =>
        _twice != JsonField.Id && TryInteger(JsonField.Id, 1, FrameBounds.Integer, out var id) ? id : 0;

    public long Id()
    {
        if (!Require(JsonField.Id))
        {
            return 0;
        }

        var id = UsableId();
        if (id == 0)
        {
            Fail(JsonField.Id, "must be a positive integer up to 2^53");
        }

        return id;
    }

    public long? Sequence() => Number(JsonField.Seq);

    /// <returns>Null when the field is not there.</returns>
    public long? Number(JsonField field)
    {
        if (!Has(field))
        {
            return null;
        }

        if (!TryInteger(field, 1, FrameBounds.Integer, out var number))
        {
            Fail(field, "must be a positive integer up to 2^53");
        }

        return number;
    }

    public readonly bool TryInteger(JsonField field, long least, long most, out long value)
    {
        value = 0;
        return KindOf(field) == JsonTokenType.Number
            && Utf8Parser.TryParse(RawOf(field), out value, out var consumed)
            && consumed == RawOf(field).Length
            && value >= least && value <= most;
    }

    public bool Flag(JsonField field, bool otherwise)
    {
        switch (KindOf(field))
        {
            case JsonTokenType.None:
                return otherwise;
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            default:
                Fail(field, "must be true or false");
                return otherwise;
        }
    }

    /// <returns>Null when the field is absent or wrong.</returns>
    public string? Text(JsonField field, int least, int most)
    {
        if (!Has(field) || Fault is not null)
        {
            return null;
        }

        if (KindOf(field) != JsonTokenType.String)
        {
            Fail(field, "must be a string");
            return null;
        }

        // A byte takes at most six when it is escaped: what is longer than that is too long whatever it says, and is not decoded.
        var raw = RawOf(field);
        var fits = raw.Length - 2 <= most * 6;
        var text = fits ? JsonText.Decode(raw) : "";
        if (text is null)
        {
            Fail(field, "is not valid Unicode");
        }
        else if (!fits || Encoding.UTF8.GetByteCount(text) > most)
        {
            Fail(field, $"is longer than {most} bytes");
        }
        else if (text.Length < least)
        {
            Fail(field, "is empty");
        }

        return Fault is null ? text : null;
    }

    public string RequiredText(JsonField field, int most) => Require(field) ? Text(field, 1, most) ?? "" : "";

    /// <summary>The required <c>channel</c>.</summary>
    public ChannelName Channel() => Require(JsonField.Channel) ? OptionalChannel() ?? default : default;

    public ChannelName? OptionalChannel()
    {
        var text = Text(JsonField.Channel, 0, ChannelName.MaxBytes);
        if (text is null)
        {
            return null;
        }

        if (!ChannelName.TryParse(text, out var channel, out var fault))
        {
            // The fault begins with the word channel, as the field does.
            Fault ??= $"{Path()}.{fault}";
        }

        return channel;
    }

    /// <summary>Any JSON value, copied as sent; null when the field is absent or wrong.</summary>
    public Payload? Json(JsonField field)
    {
        if (!Has(field) || Fault is not null)
        {
            return null;
        }

        if (JsonText.HasLoneSurrogate(RawOf(field)))
        {
            Fail(field, "is not valid Unicode");
            return null;
        }

        return new Payload(RawOf(field).ToArray());
    }

    public readonly string Path(JsonField field) => $"{Path()}.{JsonFields.NameOf(field)}";

    private readonly string Path() => _index < 0 ? _owner : $"{_owner}[{_index}]";

    private static JsonField FieldOf(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return JsonFields.Find(reader.ValueSpan);
        }

        Span<byte> name = stackalloc byte[JsonFields.LongestName * 6];
        var length = JsonText.DecodeShort(ref reader, name);
        return length < 0 ? JsonField.None : JsonFields.Find(name[..length]);
    }

    private readonly record struct Slot(int Start, int Length, JsonTokenType Kind);

    [InlineArray(JsonFields.Count)]
    private struct Slots
    {
        private Slot _first;
    }
}
