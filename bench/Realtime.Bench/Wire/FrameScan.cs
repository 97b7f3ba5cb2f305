namespace Realtime.Bench.Wire;

/// <summary>
/// Counts the <c>message</c> frames of a text message, which may be one frame or an array of them, by a vectorised search instead of parsing JSON.
/// A quote inside a JSON string is escaped, so the pattern cannot occur in a string; the payloads sent here have no <c>type</c> of their own.
/// <c>--verify</c> checks every count against a real parse.
/// </summary>
internal static class FrameScan
{
    /// <summary>How many messages, and whether anything else (a reply, a ping, a gap …) is there and wants parsing.</summary>
    public static int CountMessages(ReadOnlySpan<byte> text, out bool hasOthers)
    {
        var messages = 0;
        hasOthers = false;
        while (true)
        {
            var at = text.IndexOf("\"type\":\""u8);
            if (at < 0)
                return messages;
            text = text[(at + 8)..];
            if (text.StartsWith("message\""u8))
                messages++;
            else
                hasOthers = true;
        }
    }

    /// <summary>The send time that the publisher wrote into the payload (<c>"t":</c>, nanoseconds of the machine's monotonic clock); moves past it.</summary>
    public static bool TryTakeStamp(ref ReadOnlySpan<byte> text, out long stamp)
    {
        return TryTakeNumber(ref text, "\"t\":"u8, out stamp);
    }

    /// <summary>
    /// The next message's place in its log, the publisher's number and send time; moves past it. They stand in this order in the frame.
    /// </summary>
    public static bool TryTakeDelivery(ref ReadOnlySpan<byte> text, out long offset, out long number, out long stamp)
    {
        number = stamp = 0;
        return TryTakeNumber(ref text, "\"offset\":"u8, out offset) && TryTakeNumber(ref text, "\"n\":"u8, out number)
            && TryTakeStamp(ref text, out stamp);
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, out long value)
    {
        value = 0;
        var at = text.IndexOf(name);
        if (at < 0)
            return false;
        text = text[(at + name.Length)..];
        var digits = 0;
        while (digits < text.Length && (uint)(text[digits] - '0') <= 9)
            value = value * 10 + (text[digits++] - '0');
        text = text[digits..];
        return digits > 0;
    }
}
