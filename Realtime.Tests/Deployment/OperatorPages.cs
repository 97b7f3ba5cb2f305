using System.Globalization;
using System.Text.RegularExpressions;
using Realtime.Tests.Architecture;

namespace Realtime.Tests.Deployment;

/// <summary>What the pages for operators name: commands, options, numbers, headings.</summary>
internal static partial class OperatorPages
{
    public static readonly IReadOnlyList<string> Paths = ["docs/operations.md", "docs/troubleshooting.md", "docs/kubernetes.md", "docs/configuration.md", "docs/limits.md"];

    public static string Text(string path) => RepositoryFiles.Get(path).Text;

    /// <summary>Command lines of <c>pbm</c>, as words after its name.</summary>
    public static IEnumerable<string[]> PbmCommands(string text) => Quoted(text).SelectMany(code => code.Split('\n'))
        .Select(line => Pbm().Match(line)).Where(match => match.Success)
        .Select(match => match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Options of the programs, written with colons after their section, or as environment variables.</summary>
    public static IEnumerable<string> Options(string text) => Quoted(text).SelectMany(code => Option().Matches(code)).Select(match => match.Value)
        .Concat(Variable().Matches(text).Select(match => match.Value.Replace("__", ":", StringComparison.Ordinal)));

    /// <summary>Anchors of headings, as GitHub makes them.</summary>
    public static IReadOnlySet<string> Anchors(string text) => Heading().Matches(Fence().Replace(text, "")).Select(match => Anchor(match.Groups[1].Value)).ToHashSet();

    public static IEnumerable<(string Page, string Anchor)> Links(string path) => Link().Matches(Text(path)).Select(match =>
        (match.Groups[1].Value is { Length: > 0 } page ? Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(path)!, page))) : path, match.Groups[2].Value));

    public static IEnumerable<int> ExitCodes(string text) =>
        ExitCode().Matches(text).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    public static IEnumerable<string> Alerts(string text) => Alert().Matches(text).Select(match => match.Groups[1].Value);

    /// <summary>Sentences that the programs say, cut where something else stands each time: at <c>…</c>, at words in capitals and at numbers.</summary>
    public static IEnumerable<string> Said(string text) => Code().Matches(Fence().Replace(text, "")).Select(match => match.Groups[1].Value)
        .Where(said => said.Contains(' ', StringComparison.Ordinal) && !Command().IsMatch(said))
        .SelectMany(said => Hole().Split(said)).Select(piece => piece.Trim(' ', '.', ':', ';', ',')).Where(piece => piece.Contains(' ', StringComparison.Ordinal));

    /// <summary>Names of metrics.</summary>
    public static IEnumerable<string> Metrics(string text) => Code().Matches(text).Select(match => match.Groups[1].Value).Where(name => Metric().IsMatch(name));

    private static IEnumerable<string> Quoted(string text) =>
        Fence().Matches(text).Select(match => match.Value).Concat(Code().Matches(Fence().Replace(text, "")).Select(match => match.Groups[1].Value));

    private static string Anchor(string heading) =>
        new([.. heading.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_').Select(c => c == ' ' ? '-' : c)]);

    [GeneratedRegex(@"(?:^|\s|"")pbm ([a-z][^|`]*)")]
    private static partial Regex Pbm();

    [GeneratedRegex(@"\b(?:Realtime|Lighthouse)(?::[A-Za-z]+)+")]
    private static partial Regex Option();

    [GeneratedRegex(@"\b(?:REALTIME|LIGHTHOUSE)(?:__[A-Z]+)+")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\(([\w./-]*)#([\w-]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[Ee]xit code (\d+)")]
    private static partial Regex ExitCode();

    [GeneratedRegex(@"^### Alert (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Alert();

    [GeneratedRegex("^(pbm|curl|akka.tcp:) ?")]
    private static partial Regex Command();

    [GeneratedRegex(@"…|\b(?!TLS\b)[A-Z]{1,}[A-Z]*\b|\b[\d.]+\b")]
    private static partial Regex Hole();

    [GeneratedRegex(@"^realtime(?!\.db$)(\.[a-z]+)+$")]
    private static partial Regex Metric();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();
}
