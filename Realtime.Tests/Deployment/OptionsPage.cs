using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Realtime.Node.Configuration;
using static Realtime.Tests.Deployment.OptionCatalog;

namespace Realtime.Tests.Deployment;

/// <summary>docs/options.md, from the option classes: names and defaults by reflection, ranges from the checks, words from the comments.</summary>
internal static partial class OptionsPage
{
    public static string Text()
    {
        var page = new StringBuilder();
        page.Append("""
            # Options

            <!-- Written by OptionsPageTests from the option classes. Change those, then run the tests with REALTIME_UPDATE_DOCS=1. -->

            Every option of the node. How to write them (files, environment variables, command line, durations, sizes) and what namespaces are: [configuration.md](configuration.md).
            *secret*: never printed, masked in `--check-config` and for operators. Numbers on this page have commas for reading only.

            """.ReplaceLineEndings("\n"));
        page.Append("\n## The node\n");
        Append(page, Nodes);
        return page.ToString();
    }

    private static void Append(StringBuilder page, IReadOnlyList<Entry> entries)
    {
        foreach (var section in entries.GroupBy(entry => entry.Section))
        {
            var path = section.First().Path;
            page.Append(CultureInfo.InvariantCulture, $"\n### `{path[..path.LastIndexOf(':')]}`\n\n{OptionWords.Of(section.Key)}\n\n| option | default | values | meaning |\n|---|---|---|---|\n");
            foreach (var entry in section)
            {
                page.Append(Row(entry));
            }
        }
    }

    private static string Row(Entry entry)
    {
        var words = OptionWords.Of(entry.Property);
        var bounds = Bounds(entry);
        if (bounds is { } range)
        {
            // Said in the column before.
            words = words.Replace($", {range.Least} to {range.Most} and ", ", ", StringComparison.Ordinal)
                .Replace($", {range.Least} to {range.Most}, or `none`", "", StringComparison.Ordinal)
                .Replace($", {range.Least} to {range.Most}", "", StringComparison.Ordinal)
                .Replace($", to {range.Most}", "", StringComparison.Ordinal);
        }

        var said = DefaultSaid().Match(words);
        var fallback = entry.Default is { } value ? $"`{Written(value)}`" : said.Success ? said.Groups[1].Value : "none";

        // What a comment adds to the default ("false; always so on PostgreSQL") stays; the bare value is said in its column.
        if (said.Success && (entry.Default is null || Same(said.Groups[1].Value, Written(entry.Default))))
        {
            words = words.Remove(said.Index, said.Length).Trim();
        }

        return $"| `{entry.Path}` | {fallback} | {Values(entry, bounds)} | {words.Replace("|", "\\|", StringComparison.Ordinal)}{(entry.IsSecret ? " *secret*" : "")} |\n";
    }

    private static string Values(Entry entry, (string Least, string Most)? bounds)
    {
        if (bounds is { } range)
        {
            return $"`{range.Least}` to `{range.Most}`{(Nullable.GetUnderlyingType(entry.Property.PropertyType) == typeof(TimeSpan) ? ", or `none`" : "")}";
        }

        return entry.Plain == typeof(bool) ? "`true`, `false`"
            : entry.Plain.IsEnum ? string.Join(", ", Enum.GetNames(entry.Plain).Where(name => Takes(entry, name)).Select(name => $"`{name}`"))
            : entry.Plain == typeof(IList<string>) ? "a list, or one text with commas" : "a text";
    }

    private static bool Same(string said, string value) => said.Replace(",", "", StringComparison.Ordinal).Trim('`') == value.Replace(",", "", StringComparison.Ordinal);

    /// <summary>Numbers are easier to read in groups of three; what the program prints has none.</summary>
    private static string Written(string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 10_000
            ? number.ToString("N0", CultureInfo.InvariantCulture)
            : value is "True" or "False" ? value.ToLowerInvariant() : value;

    /// <summary>"Default 5s." or "Default none: what that means." at the end or in the middle of a comment; the value ends with the sentence.</summary>
    [GeneratedRegex(@"Default ((?:`[^`]*`|[^.`]|\.(?=\w))*)\.")]
    private static partial Regex DefaultSaid();
}
