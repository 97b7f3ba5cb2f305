using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>Size, names and places of files (docs/style.md).</summary>
internal static partial class FileRules
{
    public const int MostLines = 400;

    private static readonly string[] Sized = [".cs", ".js", ".css"];

    /// <param name="allowed">Files that may be longer, with how long they may be.</param>
    public static IEnumerable<string> SizeFaults(IEnumerable<SourceFile> files, IReadOnlyDictionary<string, int> allowed)
    {
        var unused = allowed.Keys.ToHashSet();
        foreach (var file in files.Where(file => Sized.Contains(Path.GetExtension(file.Path))))
        {
            var most = allowed.GetValueOrDefault(file.Path, MostLines);
            if (file.Lines > most)
            {
                yield return $"{file.Path} has {file.Lines} lines, {most} are allowed: is it one thing?";
            }

            if (file.Lines > MostLines)
            {
                unused.Remove(file.Path);
            }
        }

        foreach (var path in unused)
        {
            yield return $"{path} is allowed more lines than it has or is gone: take it off the list";
        }
    }

    /// <summary>One public type per file. Nested types are not counted: that is what closed families are.</summary>
    public static IEnumerable<string> TypeFaults(SourceFile file)
    {
        var types = TopLevelType().Matches(file.Code).Where(match => match.Groups["access"].Value == "public").Select(match => match.Groups["name"].Value);
        if (types.Distinct().ToList() is { Count: > 1 } several)
        {
            yield return $"{file.Path} has {several.Count} public types: {string.Join(", ", several)}";
        }

        foreach (Match match in AnyType().Matches(file.Code))
        {
            yield return $"{file.Path}:{file.LineOf(match.Index)}: {match.Groups["name"].Value} says what it is called, not what it does";
        }
    }

    /// <param name="project">Folder of the project the file belongs to.</param>
    /// <param name="root">What its namespaces begin with; null: the folder's name.</param>
    public static string? NamespaceFault(SourceFile file, string project, string? root = null)
    {
        var name = root ?? project[(project.LastIndexOf('/') + 1)..];
        var expected = name + file.Folder[project.Length..].Replace('/', '.');
        var found = Namespace().Matches(file.Code);
        return found.Count switch
        {
            // A program's own statements have no namespace to be in.
            0 when !TopLevelType().IsMatch(file.Code) => null,
            1 when found[0].Groups["name"].Value == expected && found[0].Groups["end"].Value == ";" => null,
            1 when found[0].Groups["end"].Value != ";" => $"{file.Path}: the namespace is not file-scoped",
            _ => $"{file.Path}: the namespace is not {expected}",
        };
    }

    /// <summary>What the namespaces of a project begin with, where its file says so.</summary>
    public static string? RootNamespace(SourceFile project) => Root().Match(project.Text) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Paths of somebody's home or working directory: they lead nowhere on any other machine, and tell strangers about this one.</summary>
    public static IEnumerable<string> PathFaults(SourceFile file) => PersonalPath().Matches(file.Text)
        .Select(match => $"{file.Path}:{file.LineOf(match.Index)}: {match.Value} is a path of one machine");

    [GeneratedRegex(@"^(?:(?<access>public|internal|file)\s+)?(?:(?:static|sealed|abstract|readonly|partial|unsafe|ref|file)\s+)*(?:class|interface|enum|struct|record\s+struct|record\s+class|record|delegate\s+[\w<>\[\]?.]+)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"\b(?:class|interface|enum|struct|record)\s+(?<name>\w+(?:Managers?|Helpers?|Utils?|Utility|Utilities|Base))(?!\w)")]
    private static partial Regex AnyType();

    [GeneratedRegex("<RootNamespace>([^<]+)</RootNamespace>")]
    private static partial Regex Root();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)\s*(?<end>[;{])", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"(?<![\w.~*/:-])/(?:home|root|work|farm|Users|mnt/[a-z]/Users)/[\w.-]+|\b[A-Za-z]:\\{1,2}(?:Users|work|src)\\{1,2}[\w.-]+")]
    private static partial Regex PersonalPath();
}
