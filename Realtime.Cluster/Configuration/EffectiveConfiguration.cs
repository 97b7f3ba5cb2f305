using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Realtime.Cluster.Configuration;

/// <summary>Prints options as <c>Section:Path = value</c> lines, one per option, secrets masked: what <c>--check-config</c> shows.</summary>
public static class EffectiveConfiguration
{
    /// <param name="path">The name of the section.</param>
    public static IEnumerable<string> Lines(string path, object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var name = $"{path}:{property.Name}";
            switch (property.GetValue(options))
            {
                // Their absence means a default that depends on other options; printing a text for it would look like a value.
                case null:
                    if (property.PropertyType == typeof(TimeSpan?))
                    {
                        yield return $"{name} = none";
                    }

                    break;

                case var _ when property.IsDefined(typeof(SecretAttribute)):
                    yield return $"{name} = ********";
                    break;

                case IDictionary entries:
                    foreach (var key in entries.Keys.Cast<string>().Order(StringComparer.Ordinal))
                    {
                        foreach (var line in Lines($"{name}:{key}", entries[key]!))
                        {
                            yield return line;
                        }
                    }

                    break;

                case IEnumerable<string> list:
                    yield return $"{name} = {string.Join(",", list)}";
                    break;

                case TimeSpan duration:
                    yield return $"{name} = {DurationText.Format(duration)}";
                    break;

                case (string or ValueType) and var value:
                    yield return $"{name} = {Convert.ToString(value, CultureInfo.InvariantCulture)}";
                    break;

                case var nested:
                    foreach (var line in Lines(name, nested))
                    {
                        yield return line;
                    }

                    break;
            }
        }
    }
}
