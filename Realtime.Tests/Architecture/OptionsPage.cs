using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>The rows of docs/configuration.md: <c>| `Realtime:Path` | default | range | meaning |</c>.</summary>
internal static partial class OptionsPage
{
    public static IReadOnlyList<OptionRow> Rows(string page) =>
    [
        .. Row().Matches(page).Select(match => new OptionRow(
            match.Groups["path"].Value, match.Groups["default"].Value.Trim(), match.Groups["range"].Value.Trim(), match.Groups["meaning"].Value.Trim())),
    ];

    [GeneratedRegex(@"^\| `(?<path>Realtime:[\w:]+)` \|(?<default>[^|]*)\|(?<range>[^|]*)\|(?<meaning>[^|]*)\|\s*$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
