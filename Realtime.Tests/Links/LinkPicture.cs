using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Realtime.Tests.Links;

/// <summary>
/// Everything that can be read off a record, as text. Records with lists are equal only when the lists are the same object, so this is
/// what round trips compare; it also tells null from empty.
/// </summary>
internal static class LinkPicture
{
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Draw(value, text);
        return text.ToString();
    }

    private static void Draw(object? value, StringBuilder text)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string or bool or Enum or double:
                text.Append(CultureInfo.InvariantCulture, $"'{value}'");
                break;
            case int or long or ulong or UInt128:
                text.Append(CultureInfo.InvariantCulture, $"{value}");
                break;
            case ActivityTraceId or ActivitySpanId:
                text.Append(value);
                break;
            case ReadOnlyMemory<byte> bytes:
                text.Append("0x").Append(Convert.ToHexString(bytes.Span));
                break;
            case IEnumerable items:
                text.Append('[');
                foreach (var item in items)
                {
                    Draw(item, text);
                    text.Append(' ');
                }

                text.Append(']');
                break;
            default:
                text.Append(value.GetType().Name).Append('{');
                foreach (var property in Parts(value.GetType()))
                {
                    text.Append(property.Name).Append('=');
                    Draw(property.GetValue(value), text);
                    text.Append(' ');
                }

                text.Append('}');
                break;
        }
    }

    /// <summary>What is stored, not what is computed from it: ids have properties that throw on a default value.</summary>
    private static IEnumerable<PropertyInfo> Parts(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.DeclaringType!.GetField($"<{property.Name}>k__BackingField", BindingFlags.NonPublic | BindingFlags.Instance) is not null
            || type.IsGenericType)
        .OrderBy(property => property.Name, StringComparer.Ordinal);
}
