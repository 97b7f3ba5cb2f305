using System.Globalization;
using System.Text;

namespace Realtime.Pbm.Calls;

/// <summary>Paths under <c>/operator/v1</c>. Names come from people and go into them encoded.</summary>
internal static class ApiPaths
{
    public static string Node(string node, string? rest = null) => $"nodes/{Segment(node)}{(rest is null ? "" : "/" + rest)}";

    public static string Session(string id, string? rest = null) => $"sessions/{Segment(id)}{(rest is null ? "" : "/" + rest)}";

    public static string User(string name, string? rest = null) => $"users/{Segment(name)}{(rest is null ? "" : "/" + rest)}";

    public static string Channel(string name, string? rest = null) => $"channels/{Segment(name)}{(rest is null ? "" : "/" + rest)}";

    public static string Webhook(string target, string rest) => $"webhooks/{Segment(target)}/{rest}";

    public static string Shard(string kind, int shard, string? rest = null) => $"shards/{kind}/{shard.ToString(CultureInfo.InvariantCulture)}{(rest is null ? "" : "/" + rest)}";

    /// <summary>Parameters without a value are left out.</summary>
    public static string With(string path, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var text = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in parameters)
        {
            if (Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } written)
            {
                text.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(written));
                separator = '&';
            }
        }

        return text.ToString();
    }

    /// <summary>A name of dots only would be a step up the path, encoded or not; no such thing exists on the other side.</summary>
    private static string Segment(string name) =>
        name.Trim('.').Length == 0 ? throw CallFailedException.Usage($"'{name}' is not a name.") : Uri.EscapeDataString(name);
}
