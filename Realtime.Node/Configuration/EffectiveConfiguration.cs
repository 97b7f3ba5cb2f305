using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Realtime.Node.Configuration;

/// <summary>Prints options as <c>Section:Path = value</c>, one per line, secrets masked.</summary>
public static class EffectiveConfiguration
{
    /// <summary>Those that have a value of their own; where the others follow from depends on the program.</summary>
    /// <param name="path">The name of the section.</param>
    public static IEnumerable<string> Lines(string path, object options) =>
        All(path, options).Where(option => option.Value is not null).Select(option => $"{option.Path} = {option.Value}");

    /// <summary>Every option there is, and where its value comes from: what <c>--check-config</c> shows.</summary>
    /// <param name="derived">Values by path that stand for what was written or not: those that follow from other options, and those without their secrets.</param>
    public static IEnumerable<string> Report(string path, object options, IReadOnlyDictionary<string, string> derived, IConfiguration configuration)
    {
        var sources = new ConfigurationSources(configuration);
        foreach (var (name, written) in All(path, options))
        {
            var value = derived.GetValueOrDefault(name) ?? written;
            yield return $"{name} = {(value is null ? "(not set)" : value.Length == 0 ? "(none)" : value)}  # {sources.Of(name)}";
        }
    }

    /// <summary>Null values: what is not set has a default that depends on other options, or none.</summary>
    private static IEnumerable<(string Path, string? Value)> All(string path, object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var name = $"{path}:{property.Name}";
            switch (property.GetValue(options))
            {
                case null:
                    yield return (name, property.PropertyType == typeof(TimeSpan?) ? "none" : null);
                    break;

                case var _ when property.IsDefined(typeof(SecretAttribute)):
                    yield return (name, "********");
                    break;

                case IDictionary entries:
                    foreach (var option in entries.Keys.Cast<string>().Order(StringComparer.Ordinal).SelectMany(key => All($"{name}:{key}", entries[key]!)))
                    {
                        yield return option;
                    }

                    break;

                case IEnumerable<string> list:
                    yield return (name, string.Join(",", list));
                    break;

                case TimeSpan duration:
                    yield return (name, DurationText.Format(duration));
                    break;

                case (string or ValueType) and var value:
                    yield return (name, Convert.ToString(value, CultureInfo.InvariantCulture));
                    break;

                case var nested:
                    foreach (var option in All(name, nested))
                    {
                        yield return option;
                    }

                    break;
            }
        }
    }
}
