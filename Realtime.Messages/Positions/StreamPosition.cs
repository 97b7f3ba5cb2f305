using System.Globalization;

namespace Realtime.Messages.Positions;

/// <summary>
/// The last message seen on a log; the stream goes on with the next one. Offsets count 1, 2, 3 … within one epoch and
/// <c>epoch:0</c> is before the first message.
/// </summary>
public readonly record struct StreamPosition(Epoch Epoch, long Offset)
{
    public bool IsNone => Epoch.IsNone;

    public static bool TryParse(ReadOnlySpan<char> text, out StreamPosition position)
    {
        position = default;
        var colon = text.IndexOf(':');
        if (colon < 0
            || !Epoch.TryParse(text[..colon], out var epoch)
            || !long.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }

        position = new StreamPosition(epoch, offset);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}:{Offset}");
}
