using System.Buffers.Binary;
using System.Buffers.Text;
using Realtime.Messages.Ids;

namespace Realtime.Node.Schedules.Core;

/// <summary>A scheduled publish: the hour it is due in, which names its log, and 96 random bits. 22 characters of base64url.</summary>
internal readonly record struct ScheduleId
{
    public const int RandomBytes = 12;
    private const int Bytes = 16;
    private const long HourMilliseconds = 3_600_000;

    private ScheduleId(UInt128 value) => Value = value;

    public UInt128 Value { get; }

    /// <summary>Hours since 1970.</summary>
    public int Hour => (int)(Value >> 96);

    /// <summary>The producer of all that is written about it and of its message: each has a number that is taken once.</summary>
    public ProducerId Producer
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Bytes];
            BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
            return ProducerId.OfServer(bytes);
        }
    }

    /// <param name="due">Milliseconds since 1970.</param>
    public static int HourOf(long due) => (int)(due / HourMilliseconds);

    /// <summary>When an hour ends, milliseconds since 1970.</summary>
    public static long EndOf(int hour) => (hour + 1) * HourMilliseconds;

    /// <param name="random">Of <see cref="RandomBytes"/>.</param>
    public static ScheduleId Of(int hour, ReadOnlySpan<byte> random)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt32BigEndian(bytes, hour);
        random[..RandomBytes].CopyTo(bytes[(Bytes - RandomBytes)..]);
        return new ScheduleId(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    public static bool TryParse(string? text, out ScheduleId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (text?.Length != 22 || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var read) || read != Bytes)
        {
            return false;
        }

        id = new ScheduleId(BinaryPrimitives.ReadUInt128BigEndian(bytes));
        return id.ToString() == text;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return Base64Url.EncodeToString(bytes);
    }
}
