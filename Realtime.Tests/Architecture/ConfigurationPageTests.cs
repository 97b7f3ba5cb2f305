using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Realtime.Cluster.Configuration;
using Realtime.Node.Hosting.Configuration;

namespace Realtime.Tests.Architecture;

/// <summary>docs/configuration.md against the option classes: every option, its default, its range.</summary>
public sealed class ConfigurationPageTests
{
    private const string Name = "NAME";

    private static readonly IReadOnlyList<OptionRow> Rows = OptionsPage.Rows(RepositoryFiles.Get("docs/configuration.md").Text);

    [Fact]
    public void The_page_has_every_option_and_no_other()
    {
        var options = Properties(typeof(RealtimeOptions), RealtimeOptions.Section).Select(option => option.Path).Order(StringComparer.Ordinal);

        Rows.Select(row => row.Path).Order(StringComparer.Ordinal).ShouldBe(options);
    }

    [Fact]
    public void The_page_has_the_defaults_that_the_program_has()
    {
        var options = new RealtimeOptions();
        options.Namespaces.Add(Name, new NamespaceOptions { History = new HistoryOptions() });
        var lines = EffectiveConfiguration.Lines(RealtimeOptions.Section, options).Select(line => line.Split(" = ", 2)).ToDictionary(parts => parts[0], parts => parts[1]);

        foreach (var row in Rows.Where(row => lines.GetValueOrDefault(row.Path) is { Length: > 0 }))
        {
            row.Default.ShouldStartWith($"`{Written(lines[row.Path])}`", Case.Sensitive, row.Path);
        }
    }

    [Fact]
    public void The_page_has_the_ranges_that_the_program_checks()
    {
        var bounded = Rows.Where(row => row.Bounds is not null).ToList();

        bounded.Count.ShouldBeGreaterThan(30, "the ranges were not found");
        foreach (var row in bounded)
        {
            var (least, most) = row.Bounds!.Value;
            FaultsOf(row.Path, Beyond(row)).ShouldContain(
                fault => fault.Contains($"must be between {least} and {most}, is", StringComparison.Ordinal), $"{row.Path}: {least} to {most}");
        }
    }

    [Fact]
    public void What_is_not_a_row_is_not_read_as_one()
    {
        OptionsPage.Rows("| `Realtime:A` | `1` | `1` to `5` | What. |\n| A | b |\ntext `Realtime:B`").ShouldHaveSingleItem().Bounds.ShouldBe(("1", "5"));
    }

    private static IEnumerable<(string Path, Type Type)> Properties(Type type, string path)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var name = $"{path}:{property.Name}";
            var plain = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (plain.IsGenericType && plain.GetGenericTypeDefinition() == typeof(IDictionary<,>))
            {
                foreach (var nested in Properties(plain.GetGenericArguments()[1], $"{name}:{Name}"))
                {
                    yield return nested;
                }
            }
            else if (plain.IsClass && plain != typeof(string))
            {
                foreach (var nested in Properties(plain, name))
                {
                    yield return nested;
                }
            }
            else
            {
                yield return (name, plain);
            }
        }
    }

    /// <summary>Numbers are easier to read in groups of three; what the program prints has none.</summary>
    private static string Written(string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 10_000
            ? number.ToString("N0", CultureInfo.InvariantCulture)
            : value is "True" or "False" ? value.ToLowerInvariant() : value;

    /// <summary>More than any option takes, in the option's own unit.</summary>
    private static string Beyond(OptionRow row) =>
        row.Range.Contains("iB", StringComparison.Ordinal) ? "1024GiB" : char.IsAsciiDigit(row.Bounds!.Value.Most[^1]) ? "2147483647" : "10000d";

    private static IReadOnlyList<string> FaultsOf(string path, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(path, (string?)value)]).Build();
        return Should.Throw<RealtimeConfigurationException>(() => NodeConfiguration.Read(configuration), path).Faults;
    }
}
