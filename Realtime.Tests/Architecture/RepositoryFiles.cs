using System.Text;

namespace Realtime.Tests.Architecture;

/// <summary>
/// The files of this checkout that belong to the repository. Read from the disk and not from git, which need not be there, nor trust the
/// folder's owner, where the tests run.
/// </summary>
internal static class RepositoryFiles
{
    private static readonly Lazy<IReadOnlyList<SourceFile>> Read = new(ReadAll);

    /// <summary>All text files.</summary>
    public static IReadOnlyList<SourceFile> All => Read.Value;

    public static IEnumerable<SourceFile> CSharp => All.Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal));

    public static SourceFile Get(string path) =>
        All.FirstOrDefault(file => file.Path == path) ?? throw new FileNotFoundException($"{path} is not in the repository", path);

    public static bool Exists(string path)
    {
        var full = Path.Combine(SourceTree.Root, path.Replace('/', Path.DirectorySeparatorChar));
        return File.Exists(full) || Directory.Exists(full);
    }

    private static List<SourceFile> ReadAll()
    {
        var rules = new IgnoreRules(File.ReadLines(Path.Combine(SourceTree.Root, ".gitignore")));
        var files = new List<SourceFile>();
        ReadFolder(new DirectoryInfo(SourceTree.Root), "", rules, files);
        return files;
    }

    private static void ReadFolder(DirectoryInfo folder, string prefix, IgnoreRules rules, List<SourceFile> files)
    {
        foreach (var file in folder.EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            var path = prefix + file.Name;
            if (file.LinkTarget is null && path != ".git" && !rules.IgnoresFile(path) && TryReadText(file.FullName, out var text))
            {
                files.Add(new SourceFile(path, text));
            }
        }

        foreach (var child in folder.EnumerateDirectories().OrderBy(child => child.Name, StringComparer.Ordinal))
        {
            if (child.LinkTarget is null && !rules.IgnoresFolder(prefix + child.Name))
            {
                ReadFolder(child, prefix + child.Name + "/", rules, files);
            }
        }
    }

    /// <summary>A file with a zero byte is not text.</summary>
    private static bool TryReadText(string path, out string text)
    {
        var bytes = File.ReadAllBytes(path);
        text = bytes.Contains((byte)0) ? "" : Encoding.UTF8.GetString(bytes).ReplaceLineEndings("\n");
        return !bytes.Contains((byte)0);
    }
}
