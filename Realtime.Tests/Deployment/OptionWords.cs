using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Realtime.Tests.Deployment;

/// <summary>Documentation comments of options as Markdown, from the XML that the compiler writes beside the assemblies.</summary>
internal static partial class OptionWords
{
    private static readonly Dictionary<string, XElement> Members = Directory.GetFiles(AppContext.BaseDirectory, "Realtime.*.xml")
        .SelectMany(file => XDocument.Load(file).Descendants("member")).DistinctBy(member => member.Attribute("name")!.Value).ToDictionary(member => member.Attribute("name")!.Value, member => member);

    public static string Of(PropertyInfo property) => Read($"P:{property.DeclaringType!.FullName}.{property.Name}");

    public static string Of(Type type) => Read("T:" + type.FullName);

    private static string Read(string member) =>
        Members.TryGetValue(member, out var found) && found.Element("summary") is { } summary
            ? Space().Replace(string.Concat(summary.Nodes().Select(Markdown)), " ").Trim()
            : throw new InvalidOperationException($"{member} has no summary");

    private static string Markdown(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "em" } stressed => $"*{stressed.Value}*",
        XElement { Name.LocalName: "see" } see => $"`{see.Attribute("cref")!.Value.Split('.', ':')[^1]}`",
        XElement other => throw new NotSupportedException($"<{other.Name}> in the comment of an option is not read."),
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
