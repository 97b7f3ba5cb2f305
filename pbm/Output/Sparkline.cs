namespace Realtime.Pbm.Output;

/// <summary>A row of bars, one for each value, the newest to the right. After Tufte (2006): a word-sized graphic.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <param name="most">What a full bar stands for; lines beside each other are compared, so they share it.</param>
    public static string Of(IReadOnlyList<double> values, int width, double most)
    {
        var line = new char[width];
        for (var i = 0; i < width; i++)
        {
            var index = values.Count - width + i;
            line[i] = index < 0 ? ' ' : Bar(values[index], most);
        }

        return new string(line);
    }

    /// <summary>Zero is the lowest bar and nothing else is: little must not look like nothing.</summary>
    private static char Bar(double value, double most) => value <= 0 || most <= 0
        ? Bars[0]
        : Bars[Math.Clamp((int)Math.Ceiling(value / most * (Bars.Length - 1)), 1, Bars.Length - 1)];
}
