using System.Globalization;

namespace Realtime.Node.Configuration;

/// <summary>
/// A number of bytes as operators write it: <c>65536</c>, <c>64KiB</c>, <c>16MiB</c>, <c>2GiB</c>. <c>KB</c> and the like are refused:
/// half of the world reads them as 1000, the other half as 1024.
/// </summary>
public readonly record struct ByteSize(long Bytes)
{
    private static readonly (string Suffix, long Factor)[] Units = [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    public static implicit operator ByteSize(long bytes) => new(bytes);

    public static bool TryParse(string text, out ByteSize size)
    {
        var digits = text.AsSpan().Trim();
        var factor = 1L;
        foreach (var unit in Units)
        {
            if (digits.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase))
            {
                factor = unit.Factor;
                digits = digits[..^unit.Suffix.Length].TrimEnd();
                break;
            }
        }

        size = default;
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue / factor)
        {
            return false;
        }

        size = new ByteSize(number * factor);
        return true;
    }

    public override string ToString()
    {
        foreach (var (suffix, factor) in Units)
        {
            if (factor > 1 && Bytes >= factor && Bytes % factor == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{Bytes / factor}{suffix}");
            }
        }

        return Bytes.ToString(CultureInfo.InvariantCulture);
    }
}
