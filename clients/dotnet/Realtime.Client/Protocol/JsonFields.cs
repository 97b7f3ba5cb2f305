using System.Collections.Immutable;
using System.Text.Json;

namespace Realtime.Client.Protocol;

/// <summary>
/// Fields of a frame by name. A field that is absent or null reads as null; one of the wrong kind throws, because a
/// position or an offset misread as "absent" would move a stream without a word.
/// </summary>
internal static class JsonFields
{
    extension(JsonElement frame)
    {
        public JsonElement? Any(string name) =>
            frame.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        public string? Text(string name) => frame.Any(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } value => value.GetString(),
            _ => throw Wrong(name, "a string"),
        };

        public string NeededText(string name) => frame.Text(name) ?? throw Wrong(name, "present");

        public long? Number(string name)
        {
            if (frame.Any(name) is not { } value)
            {
                return null;
            }

            return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : throw Wrong(name, "a whole number");
        }

        public long NeededNumber(string name) => frame.Number(name) ?? throw Wrong(name, "present");

        public bool? Flag(string name) => frame.Any(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            _ => throw Wrong(name, "true or false"),
        };

        public JsonElement? Object(string name) => frame.Any(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Object } value => value,
            _ => throw Wrong(name, "an object"),
        };

        public ImmutableArray<T> List<T>(string name, Func<JsonElement, T> read)
        {
            if (frame.Any(name) is not { } value)
            {
                return [];
            }

            if (value.ValueKind != JsonValueKind.Array)
            {
                throw Wrong(name, "an array");
            }

            var items = ImmutableArray.CreateBuilder<T>(value.GetArrayLength());
            foreach (var item in value.EnumerateArray())
            {
                items.Add(item.ValueKind == JsonValueKind.Object ? read(item) : throw Wrong(name, "an array of objects"));
            }

            return items.MoveToImmutable();
        }

        /// <summary>The texts of an array. What is none is left out: such a list is advice.</summary>
        public ImmutableArray<string> Texts(string name) => frame.Any(name) is { ValueKind: JsonValueKind.Array } value
            ? [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
            : [];

        public TimeSpan? Milliseconds(string name)
        {
            if (frame.Any(name) is not { } value)
            {
                return null;
            }

            // One day is the bound: a number beyond what a TimeSpan holds would throw far from here.
            return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= 0
                ? TimeSpan.FromMilliseconds(Math.Min(number, 86_400_000))
                : throw Wrong(name, "a time in milliseconds");
        }

        public TimeSpan? Seconds(string name)
        {
            if (frame.Any(name) is not { } value)
            {
                return null;
            }

            return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= 0
                ? TimeSpan.FromSeconds(Math.Min(number, 86_400 * 365))
                : throw Wrong(name, "a time in seconds");
        }

        public Position? Place(string name)
        {
            var text = frame.Text(name);
            return text is null ? null : Position.TryParse(text, out var position) ? position : throw Wrong(name, "a position");
        }

        public ReadOnlyMemory<byte>? Base64(string name)
        {
            if (frame.Any(name) is not { } value)
            {
                return null;
            }

            return value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes) ? bytes : throw Wrong(name, "base64");
        }
    }

    private static FrameException Wrong(string name, string wanted) => new($"Field '{name}' is not {wanted}.");
}
