using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Realtime.Messages.Errors;

namespace Realtime.Node.Configuration;

/// <summary>
/// Reads a configuration section into an options object, strictly: a key without a property and a text that is not the property's type
/// are faults. .NET's own binder ignores the first and stops at the first of the second, so a typing error in a limit would mean
/// "no limit was set" and an operator would learn of faults one start at a time.
/// </summary>
public sealed class OptionsReader(FaultList faults)
{
    /// <summary>Reads one section of the whole; another one whose name is nearly the same was meant to be it, and would be ignored.</summary>
    public void Read(IConfiguration configuration, string section, object options)
    {
        foreach (var other in configuration.GetChildren().Where(child => !string.Equals(child.Key, section, StringComparison.OrdinalIgnoreCase)))
        {
            if (NearestWord.Of(other.Key, [section]) is not null && other.GetChildren().Any())
            {
                faults.Add(other.Key, $"is no section that is read; is {section} meant?");
            }
        }

        Read(configuration.GetSection(section), section, options);
    }

    /// <param name="path">What the section is called in faults: with the properties' own spelling, whatever case the source used.</param>
    private void Read(IConfigurationSection section, string path, object options)
    {
        var properties = options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance);
        if (section.Value is { Length: > 0 })
        {
            faults.Add(path, "is a section, not a single value");
        }

        foreach (var child in section.GetChildren())
        {
            var property = Array.Find(properties, candidate => string.Equals(candidate.Name, child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                faults.Add($"{path}:{child.Key}", "is not an option" + NearestWord.Suggest(child.Key, [.. properties.Select(candidate => candidate.Name)], "options here"));
            }
            else
            {
                ReadProperty(child, $"{path}:{property.Name}", property, options);
            }
        }
    }

    private void ReadProperty(IConfigurationSection section, string path, PropertyInfo property, object options)
    {
        var type = property.PropertyType;
        if (type == typeof(IList<string>))
        {
            property.SetValue(options, ReadList(section));
        }
        else if (typeof(IDictionary).IsAssignableFrom(type) || type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>))
        {
            ReadDictionary(section, path, type.GetGenericArguments()[1], property.GetValue(options)!);
        }
        else if (type.IsClass && type != typeof(string))
        {
            var nested = property.GetValue(options) ?? Activator.CreateInstance(type)!;
            Read(section, path, nested);
            property.SetValue(options, nested);
        }
        else if (section.GetChildren().Any())
        {
            faults.Add(path, "is a single value, not a section");
        }
        else if (TryConvert(section.Value, type, out var value, out var wanted))
        {
            property.SetValue(options, value);
        }
        else
        {
            var given = property.IsDefined(typeof(SecretAttribute)) ? "is something else" : $"is '{section.Value}'";
            faults.Add(path, $"must be {wanted}, {given}");
        }
    }

    private static List<string> ReadList(IConfigurationSection section)
    {
        var children = section.GetChildren().Select(child => child.Value).OfType<string>();
        return section.Value is { Length: > 0 } text
            ? [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]
            : [.. children];
    }

    private void ReadDictionary(IConfigurationSection section, string path, Type type, object dictionary)
    {
        var target = (IDictionary)dictionary;
        foreach (var child in section.GetChildren())
        {
            // Lower case: where an environment variable and a file name the same entry, it is chance which spelling comes out.
            var key = child.Key.ToLowerInvariant();
            var entry = target[key] ?? Activator.CreateInstance(type)!;
            Read(child, $"{path}:{key}", entry);
            target[key] = entry;
        }
    }

    private static bool TryConvert(string? text, Type type, out object? value, out string wanted)
    {
        value = null;
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(string))
        {
            wanted = "a text";
            value = string.IsNullOrEmpty(text) ? null : text;
            return true;
        }

        var given = text ?? "";
        if (plain == typeof(bool))
        {
            wanted = "true or false";
            value = bool.TryParse(given, out var yes) ? yes : null;
        }
        else if (plain == typeof(int))
        {
            wanted = "a whole number";
            value = int.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        }
        else if (plain == typeof(double))
        {
            wanted = "a number such as 0.01";
            value = double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
        }
        else if (plain == typeof(ByteSize))
        {
            wanted = "a size such as 65536, 64KiB or 16MiB";
            value = ByteSize.TryParse(given, out var size) ? size : null;
        }
        else if (plain == typeof(TimeSpan))
        {
            var none = type != plain;
            wanted = "a duration such as 250ms, 10s, 5m, 2h, 7d or 00:00:10" + (none ? ", or none" : "");
            if (none && string.Equals(given, "none", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            value = DurationText.TryParse(given, out var duration) ? duration : null;
        }
        else if (plain.IsEnum)
        {
            var names = Enum.GetNames(plain);
            wanted = "one of " + string.Join(", ", names);
            value = names.Contains(given, StringComparer.OrdinalIgnoreCase) ? Enum.Parse(plain, given, ignoreCase: true) : null;
        }
        else
        {
            throw new NotSupportedException($"Options of type {plain} cannot be read.");
        }

        return value is not null;
    }
}
