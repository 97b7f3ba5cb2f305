using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>What docs/configuration.md says about one option.</summary>
internal sealed partial record OptionRow(string Path, string Default, string Range, string Meaning)
{
    /// <summary>Both ends of a range, such as <c>1s to 10m</c>; null where the option is not a quantity.</summary>
    public (string Least, string Most)? Bounds => Quantities().Match(Range) is { Success: true } match ? (match.Groups[1].Value, match.Groups[2].Value) : null;

    [GeneratedRegex(@"^`([\d,]+\w*)` to `([\d,]+\w*)`")]
    private static partial Regex Quantities();
}
