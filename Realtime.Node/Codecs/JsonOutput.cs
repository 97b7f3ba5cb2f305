using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Codecs;

/// <summary>
/// Writes JSON text straight into a buffer writer. The caller writes the punctuation as part of its literals: every object of the
/// protocol begins with a field that is always there, so a comma never depends on what came before. Text that is not ASCII stays
/// as it is; only what JSON forbids inside a string is escaped.
/// </summary>
internal ref struct JsonOutput(IBufferWriter<byte> output)
{
    private const int LongestNumber = 20;

    /// <summary>Characters that are turned into bytes at once: bounds the span asked for when a text is long.</summary>
    private const int Run = 1_024;

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\"\\\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f" +
        "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    private readonly IBufferWriter<byte> _output = output;
    private Span<byte> _free;
    private int _used;

    public void Raw(scoped ReadOnlySpan<byte> json)
    {
        json.CopyTo(Room(json.Length));
        _used += json.Length;
    }

    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, Room(LongestNumber), out var written);
        _used += written;
    }

    public void Flag(bool value) => Raw(value ? "true"u8 : "false"u8);

    public void Text(scoped ReadOnlySpan<char> text)
    {
        Raw("\""u8);
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(Escaped);
            if (plain < 0)
            {
                plain = text.Length;
            }

            Plain(text[..plain]);
            text = text[plain..];
            if (!text.IsEmpty)
            {
                Escape(text[0]);
                text = text[1..];
            }
        }

        Raw("\""u8);
    }

    public void Position(StreamPosition position) => Text(position.ToString());

    public void Session(SessionId id)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Bytes];
        id.Write(bytes);
        Raw("\""u8);
        Base64Url.EncodeToUtf8(bytes, Room(SessionId.TextLength), out _, out var written);
        _used += written;
        Raw("\""u8);
    }

    public void User(UserId? user)
    {
        if (user is { } known)
        {
            Text(known.Value);
        }
        else
        {
            Raw("null"u8);
        }
    }

    /// <summary>The value alone: JSON as it was sent, bytes as a string of base64.</summary>
    public void Value(Payload payload)
    {
        if (!payload.IsBinary)
        {
            Raw(payload.Bytes.Span);
            return;
        }

        Raw("\""u8);
        Base64.EncodeToUtf8(payload.Bytes.Span, Room(Base64.GetMaxEncodedToUtf8Length(payload.Length)), out _, out var written);
        _used += written;
        Raw("\""u8);
    }

    /// <summary><c>"data":…</c> or <c>"bytes":…</c>.</summary>
    public void Content(Payload payload)
    {
        Raw(payload.IsBinary ? "\"bytes\":"u8 : "\"data\":"u8);
        Value(payload);
    }

    /// <summary>Hands what was written to the buffer writer; nothing is there before.</summary>
    public void Finish()
    {
        _output.Advance(_used);
        _free = default;
        _used = 0;
    }

    private void Plain(scoped ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var count = Math.Min(text.Length, Run);
            if (count < text.Length && char.IsHighSurrogate(text[count - 1]))
            {
                // Both halves of a pair go together; half a pair would become U+FFFD.
                count--;
            }

            // Two statements: Room may set _used back, and += would have read it before.
            var written = Encoding.UTF8.GetBytes(text[..count], Room(count * 3));
            _used += written;
            text = text[count..];
        }
    }

    private void Escape(char c)
    {
        switch (c)
        {
            case '"':
                Raw("\\\""u8);
                break;
            case '\\':
                Raw("\\\\"u8);
                break;
            case '\n':
                Raw("\\n"u8);
                break;
            case '\r':
                Raw("\\r"u8);
                break;
            case '\t':
                Raw("\\t"u8);
                break;
            default:
                const string Digits = "0123456789abcdef";
                Raw([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', (byte)Digits[c >> 4], (byte)Digits[c & 15]]);
                break;
        }
    }

    private Span<byte> Room(int bytes)
    {
        if (_free.Length - _used < bytes)
        {
            _output.Advance(_used);
            _used = 0;
            _free = _output.GetSpan(Math.Max(bytes, 256));
        }

        return _free[_used..];
    }
}
