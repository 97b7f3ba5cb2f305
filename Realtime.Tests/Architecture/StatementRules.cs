using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>Statements for the store are fixed texts: what comes from outside is a parameter. And a pattern that may meet what comes from outside runs in linear time.</summary>
internal static partial class StatementRules
{
    /// <summary>What may stand in a statement: names of tables and numbers of our own, none of them a parameter in SQL (names, pragmas, locks), or the statement's own pieces.</summary>
    private static readonly string[] Ours =
    [
        "table", "table.Name", "Table", "Tables", "MemberTables", "EndedTable", "PageRows", "ApplicationId", "Version", "FormatLock", "ClaimLock", "Renewed", "Others", "more", "limit",
        "bytes / PageBytes", "(long)options.BusyTimeout.TotalMilliseconds",

        // Of messages about a statement that failed.
        "Description", "e.Message",
    ];

    public static IEnumerable<string> StatementFaults(SourceFile file)
    {
        foreach (Match text in Text().Matches(file.Text))
        {
            var content = text.Groups["raw"].Success ? text.Groups["raw"].Value : text.Groups["line"].Value;
            if (!Verb().IsMatch(content))
            {
                continue;
            }

            foreach (Match hole in Hole().Matches(content))
            {
                if (!Ours.Contains(hole.Groups[1].Value))
                {
                    yield return $"{file.Path}:{file.LineOf(text.Index)}: {{{hole.Groups[1].Value}}} stands in a statement: what comes from outside must be a parameter";
                }
            }

            if (Joined().IsMatch(file.Text.AsSpan(text.Index + text.Length)))
            {
                yield return $"{file.Path}:{file.LineOf(text.Index)}: a statement is put together: what comes from outside must be a parameter";
            }
        }
    }

    /// <summary>Patterns for texts that this process has written itself may backtrack.</summary>
    public static IEnumerable<string> PatternFaults(SourceFile file, IReadOnlyCollection<string> ownTexts) =>
        Pattern().Count(file.Code) == NotBacktracking().Count(file.Code) || ownTexts.Contains(file.Path) ? []
            : [$"{file.Path}: a pattern without RegexOptions.NonBacktracking may take for ever on a text that was made for that"];

    [GeneratedRegex(@"\$*""{3}(?<raw>.*?)""{3}|\$?""(?<line>(?:[^""\\\n]|\\.)*)""", RegexOptions.Singleline)]
    private static partial Regex Text();

    [GeneratedRegex(@"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE (TABLE|INDEX|UNIQUE)|ALTER TABLE|DROP TABLE|PRAGMA)\b")]
    private static partial Regex Verb();

    [GeneratedRegex(@"\{+([^{}]+)\}+")]
    private static partial Regex Hole();

    [GeneratedRegex(@"\A\s*\+(?>\s*)(?!\$*"")")]
    private static partial Regex Joined();

    [GeneratedRegex(@"\[GeneratedRegex\(|new Regex\(|\bRegex\.(Match|IsMatch|Replace|Split)\(")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"NonBacktracking")]
    private static partial Regex NotBacktracking();
}
