namespace Realtime.Messages.Positions;

/// <summary>
/// Names one life of a log; opaque to clients, written in base 36. A log that was born anew, or whose store may have lost its
/// end, has another epoch: otherwise an offset could name two messages and a resume would skip silently.
/// </summary>
public readonly record struct Epoch(ulong Value)
{
    public const int MaxLength = 13;
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    public bool IsNone => Value == 0;

    public static bool TryParse(ReadOnlySpan<char> text, out Epoch epoch)
    {
        epoch = default;
        if (text.IsEmpty || text.Length > MaxLength)
        {
            return false;
        }

        UInt128 value = 0;
        foreach (var c in text)
        {
            var digit = c is >= '0' and <= '9' ? c - '0' : c is >= 'a' and <= 'z' ? c - 'a' + 10 : -1;
            if (digit < 0)
            {
                return false;
            }

            value = (value * 36) + (UInt128)digit;
        }

        epoch = new Epoch((ulong)value);
        return value <= ulong.MaxValue && value != 0;
    }

    public override string ToString()
    {
        Span<char> text = stackalloc char[MaxLength];
        var at = MaxLength;
        var rest = Value;
        do
        {
            text[--at] = Digits[(int)(rest % 36)];
            rest /= 36;
        }
        while (rest != 0);
        return new string(text[at..]);
    }
}
