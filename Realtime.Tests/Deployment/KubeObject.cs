using System.Text.Json.Nodes;

namespace Realtime.Tests.Deployment;

/// <summary>One object of a rendered overlay.</summary>
internal class KubeObject(JsonNode json)
{
    public JsonNode Json { get; } = json;

    public string Kind => Text("kind") ?? "";

    public string Name => Text("metadata.name") ?? "";

    public string Where => $"{Kind}/{Name}";

    public IReadOnlyDictionary<string, string> Labels => Map("metadata.labels");

    /// <summary>By names and indexes between dots; null when something on the way is missing.</summary>
    public JsonNode? At(string path) => At(Json, path);

    public string? Text(string path) => TextOf(At(path));

    public int? Number(string path) => At(path) is JsonValue value && value.TryGetValue<long>(out var number) ? (int)number : null;

    public IReadOnlyDictionary<string, string> Map(string path) => MapOf(At(path));

    public IEnumerable<JsonNode> List(string path) => ListOf(At(path));

    public static JsonNode? At(JsonNode? node, string path)
    {
        foreach (var step in path.Split('.'))
        {
            node = node switch
            {
                JsonArray list when int.TryParse(step, out var index) => index < list.Count ? list[index] : null,
                JsonObject map => map[step],
                _ => null,
            };
        }

        return node;
    }

    public static string? TextOf(JsonNode? node) => (node as JsonValue)?.ToString();

    public static IReadOnlyDictionary<string, string> MapOf(JsonNode? node) =>
        (node as JsonObject)?.ToDictionary(pair => pair.Key, pair => TextOf(pair.Value) ?? "") ?? [];

    public static IEnumerable<JsonNode> ListOf(JsonNode? node) => (node as JsonArray)?.OfType<JsonNode>() ?? [];

    /// <summary>Whether labels have everything that a selector asks for. An empty selector is everybody's.</summary>
    public static bool Matches(IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> labels) =>
        selector.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
