using System.Text;
using System.Text.Json;

namespace Realtime.Client;

/// <summary>
/// What the application hands over, taken as it is at that moment: a value that cannot be sent fails its own call there and then, and what
/// becomes of the object afterwards changes nothing that waits to be sent.
/// </summary>
internal static class Arguments
{
    /// <summary>
    /// The server closes a connection that sends anything nested deeper than 32 levels; the frame around the value is one of them. Such a value
    /// would cost every connection it is repeated on.
    /// </summary>
    private static readonly JsonReaderOptions Nesting = new() { MaxDepth = 31 };

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The value as JSON of its own.</summary>
    /// <exception cref="RealtimeException"><c>bad_request</c>, naming the argument.</exception>
    public static JsonElement Json<T>(T value, string name)
    {
        try
        {
            var reader = new Utf8JsonReader(JsonSerializer.SerializeToUtf8Bytes(value, JsonSerializerOptions.Web), Nesting);
            return JsonElement.ParseValue(ref reader);
        }
        catch (Exception fault)
        {
            // Anything may come out of the application's own converters and properties.
            throw Bad(name, $"cannot be written as JSON: {fault.Message}", fault);
        }
    }

    /// <summary>An element that outlives the document it was taken from.</summary>
    public static JsonElement? Copy(JsonElement? value, string name) => value is { } element ? Json(element, name) : null;

    /// <summary>A name that means the same on the wire.</summary>
    public static string Text(string value, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(value, name);
        try
        {
            _ = Strict.GetByteCount(value);
            return value;
        }
        catch (EncoderFallbackException fault)
        {
            throw Bad(name, "is not valid Unicode.", fault);
        }
    }

    private static RealtimeException Bad(string name, string why, Exception cause) =>
        new(new Core.Fault(ErrorCodes.BadRequest, $"Argument '{name}' {why}"), cause);
}
