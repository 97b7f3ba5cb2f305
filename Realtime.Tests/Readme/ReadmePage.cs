using System.Text.RegularExpressions;
using Realtime.Tests.Architecture;

namespace Realtime.Tests.Readme;

/// <summary>What a reader of a page copies from it, in the page's order.</summary>
internal sealed partial class ReadmePage(string text)
{
    /// <summary>A fenced block, or a command in the middle of a sentence: those have no language.</summary>
    internal sealed record Snippet(string Language, string Text);

    public IReadOnlyList<Snippet> Snippets { get; } =
    [
        .. Copied().Matches(text).Select(match => match.Groups["fence"].Success
            ? new Snippet(match.Groups["language"].Value, match.Groups["fence"].Value.TrimEnd('\n'))
            : new Snippet("", match.Groups["command"].Value)),
    ];

    public static ReadmePage Of(string path) => new(RepositoryFiles.Get(path).Text);

    /// <summary>The first of its language that has these words.</summary>
    public string The(string language, string words) =>
        Snippets.FirstOrDefault(snippet => snippet.Language == language && snippet.Text.Contains(words, StringComparison.Ordinal))?.Text
        ?? throw new InvalidOperationException($"the page has no {language} with '{words}'");

    /// <summary>Everything to be typed into a shell, block by block; drawings are no commands.</summary>
    public IEnumerable<IReadOnlyList<string>> Shell() =>
        Snippets.Where(snippet => snippet.Language.Length == 0 && !snippet.Text.Contains('►', StringComparison.Ordinal))
            .Select(snippet => (IReadOnlyList<string>)[.. snippet.Text.Split('\n').Where(line => line.Length > 0)]);

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<fence>.*?)^```$|(?<=[^`])`(?<command>(?:dotnet|curl|node|npm) [^`\n]+)`(?!`)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Copied();
}
