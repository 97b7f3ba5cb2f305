using System.Text.RegularExpressions;

namespace Realtime.Tests.Deployment;

/// <summary>A Dockerfile as its instructions, comments and continued lines gone.</summary>
internal sealed partial class DockerfileText(string text)
{
    public IReadOnlyList<(string Word, string Text)> Instructions { get; } =
    [
        .. Continued().Replace(Comment().Replace(text.ReplaceLineEndings("\n"), ""), " ").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ', 2)).Select(parts => (parts[0], parts[1].Trim())),
    ];

    /// <summary>Images by the names of their stages.</summary>
    public IReadOnlyDictionary<string, string> Stages => Of("FROM").Select(rest => rest.Split(" AS ")).ToDictionary(parts => parts[1], parts => parts[0]);

    public IEnumerable<string> Of(string word) => Instructions.Where(instruction => instruction.Word == word).Select(instruction => instruction.Text);

    /// <summary>What is copied from the repository: sources and where they go, in order, with the number of the instruction.</summary>
    public IEnumerable<(int Order, string Source, string Target)> Copies => Instructions.Select((instruction, order) => (instruction, order))
        .Where(pair => pair.instruction.Word == "COPY" && !pair.instruction.Text.StartsWith("--from", StringComparison.Ordinal))
        .SelectMany(pair => pair.instruction.Text.Split(' ') is var parts ? parts[..^1].Select(source => (pair.order, source, parts[^1])) : []);

    /// <summary>Instructions of one stage.</summary>
    public IReadOnlyList<(string Word, string Text)> StageOf(string name) =>
        [.. Instructions.SkipWhile(instruction => instruction.Word != "FROM" || !instruction.Text.EndsWith(" AS " + name, StringComparison.Ordinal)).Skip(1).TakeWhile(instruction => instruction.Word != "FROM")];

    [GeneratedRegex(@"^\s*#.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\\\n")]
    private static partial Regex Continued();
}
