using System.Reflection;
using Microsoft.Extensions.Configuration;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;

namespace Realtime.Tests.Deployment;

/// <summary>Every option of the node: found by reflection, its range by asking the program for more than it takes.</summary>
internal static class OptionCatalog
{
    /// <summary>Stands for a name that the operator chooses.</summary>
    public const string Name = "NAME";

    /// <param name="Path">With colons.</param>
    /// <param name="Section">Its class.</param>
    /// <param name="Default">As <c>--check-config</c> would print it; null: none of its own.</param>
    internal sealed record Entry(string Path, Type Section, PropertyInfo Property, string? Default)
    {
        public Type Plain => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

        public bool IsSecret => Property.IsDefined(typeof(SecretAttribute));
    }

    public static IReadOnlyList<Entry> Nodes { get; } = All(RealtimeOptions.Section, new RealtimeOptions { Namespaces = { [Name] = new NamespaceOptions { History = new HistoryOptions() } }, Auth = { Keys = { [Name] = new TokenKeyOptions() } } });

    /// <summary>What the program says of a value that is too large; null: it has no upper bound of its own.</summary>
    public static (string Least, string Most)? Bounds(Entry entry)
    {
        var beyond = entry.Plain == typeof(int) ? "2147483647" : entry.Plain == typeof(ByteSize) ? "100000GiB" : entry.Plain == typeof(TimeSpan) ? "10000d" : entry.Plain == typeof(double) ? "1000000000" : null;
        if (beyond is null)
        {
            return null;
        }

        const string Between = " must be between ";
        foreach (var fault in FaultsOf(entry, beyond).Where(fault => fault.StartsWith(entry.Path + Between, StringComparison.OrdinalIgnoreCase)))
        {
            var parts = fault[(entry.Path.Length + Between.Length)..].Split(" and ", 2);
            return (parts[0], parts[1].Split(", is ")[0]);
        }

        throw new InvalidOperationException($"{entry.Path} takes {beyond}: it has no range");
    }

    /// <summary>Whether the program finds no fault with the option when it has this value.</summary>
    public static bool Takes(Entry entry, string value) => !FaultsOf(entry, value).Any(fault => fault.StartsWith(entry.Path + " ", StringComparison.OrdinalIgnoreCase));

    private static IReadOnlyList<string> FaultsOf(Entry entry, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(entry.Path, (string?)value)]).Build();
        try
        {
            NodeConfiguration.Read(configuration);
            return [];
        }
        catch (RealtimeConfigurationException refused)
        {
            return refused.Faults;
        }
    }

    private static List<Entry> All(string section, object options)
    {
        var printed = EffectiveConfiguration.Lines(section, options).Select(line => line.Split(" = ", 2)).ToDictionary(parts => parts[0], parts => parts[1]);
        return [.. Properties(options.GetType(), section).Select(found => new Entry(
            found.Path, found.Section, found.Property, printed.GetValueOrDefault(found.Path) is { Length: > 0 } value ? value : null))];
    }

    /// <summary>A section's own options before those of the sections in it.</summary>
    private static IEnumerable<(string Path, Type Section, PropertyInfo Property)> Properties(Type type, string path)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        return properties.Where(property => SectionOf(property) is null).Select(property => ($"{path}:{property.Name}", type, property))
            .Concat(properties.Where(property => SectionOf(property) is not null).SelectMany(property => Properties(
                SectionOf(property)!, typeof(System.Collections.IEnumerable).IsAssignableFrom(property.PropertyType) ? $"{path}:{property.Name}:{Name}" : $"{path}:{property.Name}")));
    }

    private static Type? SectionOf(PropertyInfo property)
    {
        var type = property.PropertyType;
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>) ? type.GetGenericArguments()[1]
            : type.IsClass && type != typeof(string) ? type : null;
    }
}
