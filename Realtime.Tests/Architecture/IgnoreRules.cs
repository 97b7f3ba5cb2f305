namespace Realtime.Tests.Architecture;

/// <summary>
/// The part of .gitignore that this repository uses: <c>name/</c> for folders anywhere, <c>/path/</c> for one from the root, <c>*.end</c>
/// for files. Anything else is refused, so that the file cannot outgrow its reader unseen.
/// </summary>
internal sealed class IgnoreRules
{
    private readonly HashSet<string> _names = [".git"];
    private readonly HashSet<string> _paths = [];
    private readonly List<string> _ends = [];

    public IgnoreRules(IEnumerable<string> lines)
    {
        foreach (var line in lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line.StartsWith("*.", StringComparison.Ordinal) && line.IndexOfAny(['/', '?', '['], 2) < 0 && line.LastIndexOf('*') == 0)
            {
                _ends.Add(line[1..]);
            }
            else if (line.EndsWith('/') && line.IndexOfAny(['*', '?', '[', '!']) < 0)
            {
                var folder = line[..^1];
                (folder.StartsWith('/') ? _paths : _names).Add(folder.TrimStart('/'));
            }
            else
            {
                throw new NotSupportedException($".gitignore: '{line}' is of a form that {nameof(IgnoreRules)} does not read");
            }
        }
    }

    public bool IgnoresFolder(string path) => _paths.Contains(path) || _names.Contains(path[(path.LastIndexOf('/') + 1)..]);

    public bool IgnoresFile(string path) => _ends.Exists(end => path.EndsWith(end, StringComparison.Ordinal));
}
