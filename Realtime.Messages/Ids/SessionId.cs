using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Realtime.Messages.Ids;

/// <summary>
/// Names a session for its whole life: 128 random bits, written as 22 characters of base64url. Other users see it
/// (<c>from.session</c>), so it grants nothing: what resumes a session is the resume token, which carries a MAC.
/// </summary>
public readonly record struct SessionId(UInt128 Value)
{
    public const int Bytes = 16;
    public const int TextLength = 22;

    public bool IsNone => Value == 0;

    public static SessionId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    public static bool TryParse(ReadOnlySpan<char> text, out SessionId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[Bytes];

        // Not TryDecodeFromChars: that one throws on a character outside the alphabet, and says false only when there is no room.
        if (text.Length != TextLength
            || Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done
            || written != Bytes)
        {
            return false;
        }

        id = Read(bytes);
        return !id.IsNone;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        Write(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
