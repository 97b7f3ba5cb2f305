using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>Arrows between folders, by using directive, by qualified name and by project reference, against the layer table.</summary>
internal static partial class LayerRules
{
    public static IEnumerable<string> Faults(LayerTable table, IEnumerable<SourceFile> files)
    {
        foreach (var file in files)
        {
            if (file.Path.EndsWith(".cs", StringComparison.Ordinal))
            {
                foreach (var fault in table.Find(file.Folder) is { } layer ? OfSource(table, layer, file) : [Missing(file)])
                {
                    yield return fault;
                }
            }
            else if (file.Path.EndsWith(".csproj", StringComparison.Ordinal))
            {
                foreach (var fault in OfProject(table, file))
                {
                    yield return fault;
                }
            }
        }
    }

    private static string Missing(SourceFile file) => $"{file.Path}: its folder is in no row of the layer table (docs/architecture.md)";

    private static IEnumerable<string> OfSource(LayerTable table, Layer layer, SourceFile file)
    {
        var scopes = Scopes(Namespace().Match(file.Code).Groups[1].Value).ToList();
        var seen = new HashSet<string>();
        var properties = Property().Matches(file.Code).Select(match => match.Groups[1].Value).ToHashSet();
        foreach (Match match in QualifiedName().Matches(file.Code))
        {
            var name = Space().Replace(match.Value, "");
            if (properties.Contains(name[..name.IndexOf('.', StringComparison.Ordinal)]))
            {
                // C# finds a member before a namespace.
                continue;
            }

            // A hit within the scope itself says where the file is, not what it uses.
            var used = scopes.Select(scope => table.FindNamespace(scope + name) is { } found && found.Namespace.Length > scope.Length ? found : null)
                .FirstOrDefault(found => found is not null);
            if (used is not null && used.Folder != layer.Folder && !layer.MayUse.Contains(used.Folder) && seen.Add(used.Folder))
            {
                yield return $"{file.Path}:{file.LineOf(match.Index)}: {layer.Folder} may not use {used.Folder} ({name})";
            }
        }
    }

    /// <summary>Whether any folder of the one project may use any folder of the other.</summary>
    private static IEnumerable<string> OfProject(LayerTable table, SourceFile file)
    {
        var own = FoldersOf(table, file.Folder).ToList();
        if (own.Count == 0)
        {
            yield return Missing(file);
            yield break;
        }

        foreach (Match match in ProjectReference().Matches(file.Text))
        {
            var target = Normalize(file.Folder, match.Groups[1].Value);
            var folders = FoldersOf(table, target).Select(layer => layer.Folder).ToList();
            if (!own.Exists(layer => folders.Exists(layer.MayUse.Contains)))
            {
                yield return $"{file.Path}:{file.LineOf(match.Index)}: {file.Folder} may not use {target}";
            }
        }
    }

    private static IEnumerable<Layer> FoldersOf(LayerTable table, string project) => table.Layers
        .Where(layer => layer.Folder == project || layer.Folder.StartsWith(project + "/", StringComparison.Ordinal));

    /// <summary>Where C# looks for a name: in the file's namespace, then in those around it, then in none.</summary>
    private static IEnumerable<string> Scopes(string name)
    {
        for (; name.Length > 0; name = name.Contains('.', StringComparison.Ordinal) ? name[..name.LastIndexOf('.')] : "")
        {
            yield return name + ".";
        }

        yield return "";
    }

    private static string Normalize(string folder, string reference)
    {
        var parts = new Stack<string>(folder.Split('/'));
        foreach (var part in reference.Replace('\\', '/').Split('/')[..^1])
        {
            if (part is "..")
            {
                parts.Pop();
            }
            else
            {
                parts.Push(part);
            }
        }

        return string.Join('/', parts.Reverse());
    }

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(?:\s*\.\s*[A-Z]\w*)+")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"(?<=[\w>?\]]\s+)([A-Z]\w*)\s*\{\s*get\b")]
    private static partial Regex Property();

    [GeneratedRegex(@"\s")]
    private static partial Regex Space();

    [GeneratedRegex("<ProjectReference\\s+Include=\"([^\"]+)\"")]
    private static partial Regex ProjectReference();
}
