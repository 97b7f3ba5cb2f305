using System.Collections;
using System.Globalization;
using Realtime.Messages.Channels;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Cluster.Serialization;

/// <summary>A message in full as text: records compare lists by reference, and say nothing of payloads.</summary>
internal static class WireText
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        Payload payload => $"{(payload.IsBinary ? "bytes" : "json")} {Convert.ToHexString(payload.Bytes.Span)}",
        SharedEncoding => "",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Of))}]",
        _ when value.GetType() is { } type && type.GetProperties() is var properties && properties.Length > 0 && type.Assembly != typeof(object).Assembly =>
            $"{type.Name} {{ {string.Join(", ", properties.Where(property => !property.GetMethod!.IsStatic && property.GetIndexParameters().Length == 0).Select(property => $"{property.Name} = {Of(property.GetValue(value))}"))} }}",
        _ => value.ToString() ?? "",
    };
}
