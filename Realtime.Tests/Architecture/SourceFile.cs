namespace Realtime.Tests.Architecture;

/// <summary>A file of the repository, or one that a test made up.</summary>
/// <param name="Path">From the repository's root, with <c>/</c>.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private string? _code;

    /// <summary>The text without comments and literals.</summary>
    public string Code => _code ??= CodeScanner.CodeOf(Text);

    public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('/')] : "";

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>As editors count them: a line break at the end begins no further line.</summary>
    public int Lines => Text.Count(c => c == '\n') + (Text.Length > 0 && Text[^1] != '\n' ? 1 : 0);

    /// <summary>The line a place in the text lies on, from 1.</summary>
    public int LineOf(int index) => Text.AsSpan(0, index).Count('\n') + 1;
}
