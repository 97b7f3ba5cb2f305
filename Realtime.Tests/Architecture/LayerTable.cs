using System.Globalization;
using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>The layer table as docs/architecture.md has it.</summary>
internal sealed partial class LayerTable
{
    private const string Header = "| layer | project / folder | may use | what lives there |";

    private LayerTable(IReadOnlyList<Layer> layers) => Layers = layers;

    public IReadOnlyList<Layer> Layers { get; }

    public static LayerTable Parse(string page)
    {
        var rows = page.Split('\n').SkipWhile(line => line.Trim() != Header).Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim().Trim('|').Split('|'))
            .ToList();
        if (rows.Count == 0)
        {
            throw new FormatException($"there is no table that begins with '{Header}'");
        }

        var folders = rows.SelectMany(row => Quoted().Matches(row[1]).Select(match => match.Groups[1].Value)).ToList();
        var layers = new List<Layer>();
        foreach (var row in rows)
        {
            var number = row[0].Trim() is "–" ? int.MaxValue : int.Parse(row[0], CultureInfo.InvariantCulture);
            foreach (Match folder in Quoted().Matches(row[1]))
            {
                layers.Add(new Layer(folder.Groups[1].Value, number, Resolve(row[2], folders)));
            }
        }

        return new LayerTable(layers);
    }

    /// <summary>The row a source folder belongs to. A project with rows for its folders has only its own files in the row of its name.</summary>
    public Layer? Find(string folder) => Layers
        .Where(layer => folder == layer.Folder || (folder.StartsWith(layer.Folder + "/", StringComparison.Ordinal) && !HasRowsBelow(layer)))
        .MaxBy(layer => layer.Folder.Length);

    /// <summary>The row whose namespace a qualified name begins with.</summary>
    public Layer? FindNamespace(string name) => Layers
        .Where(layer => layer.Namespace.Length > 0 && (name == layer.Namespace || name.StartsWith(layer.Namespace + ".", StringComparison.Ordinal)))
        .Where(layer => name == layer.Namespace || !HasRowsBelow(layer))
        .MaxBy(layer => layer.Namespace.Length);

    /// <summary>What is wrong with the table itself. What stands beside the layers may use anything, and nothing in a layer may use it.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var layer in Layers.Where(layer => layer.Number != int.MaxValue))
        {
            foreach (var used in layer.MayUse.Where(used => used != layer.Folder))
            {
                if (Layers.First(other => other.Folder == used).Number >= layer.Number)
                {
                    yield return $"the table lets {layer.Folder} use {used}, which does not have a smaller number";
                }
            }
        }

        foreach (var twice in Layers.GroupBy(layer => layer.Folder).Where(group => group.Count() > 1))
        {
            yield return $"{twice.Key} stands in the table twice";
        }
    }

    private bool HasRowsBelow(Layer layer) => Layers.Any(other => other.Folder.StartsWith(layer.Folder + "/", StringComparison.Ordinal));

    private static HashSet<string> Resolve(string cell, List<string> folders)
    {
        var allowed = new HashSet<string>();
        foreach (var name in cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(name => name != "–"))
        {
            var meant = folders.Where(folder => folder == name || folder == "Realtime." + name
                || folder.StartsWith($"Realtime.{name}/", StringComparison.Ordinal)
                || (folder.StartsWith("Realtime.", StringComparison.Ordinal) && folder.EndsWith("/" + name, StringComparison.Ordinal))).ToList();
            if (meant.Count == 0)
            {
                throw new FormatException($"the table lets something use '{name}', which is none of its folders");
            }

            allowed.UnionWith(meant);
        }

        return allowed;
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
