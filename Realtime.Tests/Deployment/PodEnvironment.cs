using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Realtime.Tests.Deployment;

/// <summary>The environment of a container as the kubelet would make it.</summary>
internal static partial class PodEnvironment
{
    public const string TokenKey = "a stand-in for the key of the application's tokens";

    /// <summary>What stands in for a secret that the overlay leaves to whoever deploys it (docs/kubernetes.md), by key.</summary>
    public static readonly IReadOnlyDictionary<string, string> StandIns = new Dictionary<string, string>
    {
        ["store"] = "postgres://realtime:stand-in@database.example.com:5432/realtime",
        ["operator-key"] = "a-stand-in-for-the-operators-key",
        ["view-key"] = "a-stand-in-for-the-key-to-look-with",
        ["token-key"] = TokenKey,
    };

    /// <param name="faults">What refers to nothing.</param>
    public static Dictionary<string, string> Of(Workload workload, JsonNode container, Manifests all, ICollection<string> faults, int ordinal = 0)
    {
        var values = new Dictionary<string, string>();
        foreach (var from in KubeObject.ListOf(container["envFrom"]))
        {
            var name = KubeObject.TextOf(KubeObject.At(from, "configMapRef.name"));
            if (all.Find("ConfigMap", name) is not { } map)
            {
                faults.Add($"{workload.Where} takes its environment from ConfigMap {name}, which is not there");
                continue;
            }

            foreach (var (key, value) in map.Map("data"))
            {
                values[key] = value;
            }
        }

        foreach (var variable in KubeObject.ListOf(container["env"]))
        {
            var name = KubeObject.TextOf(variable["name"])!;
            if (variable["value"] is JsonValue plain && !plain.TryGetValue<string>(out _))
            {
                faults.Add($"{workload.Where}: the value of {name} is not a text; put it in quotes");
            }
            else if (Value(workload, variable, all, faults, ordinal) is { } value)
            {
                values[name] = Reference().Replace(value, match => values.TryGetValue(match.Groups[1].Value, out var known) ? known : Unknown(match.Value));
            }

            string Unknown(string reference)
            {
                faults.Add($"{workload.Where}: {name} refers to {reference}, which is not before it");
                return reference;
            }
        }

        return values;
    }

    private static string? Value(Workload workload, JsonNode variable, Manifests all, ICollection<string> faults, int ordinal)
    {
        var where = $"{workload.Where}: {KubeObject.TextOf(variable["name"])}";
        if (KubeObject.At(variable, "valueFrom.fieldRef.fieldPath") is { } field)
        {
            return KubeObject.TextOf(field) switch
            {
                "metadata.name" => $"{workload.Name}-{ordinal}",
                "status.podIP" => $"10.0.0.{ordinal + 1}",
                var other => throw new NotSupportedException($"{where}: what {other} would be is not known here."),
            };
        }

        if (KubeObject.At(variable, "valueFrom.secretKeyRef") is not { } secret)
        {
            return KubeObject.TextOf(variable["value"]);
        }

        var (name, key) = (KubeObject.TextOf(secret["name"]), KubeObject.TextOf(secret["key"])!);
        var optional = KubeObject.TextOf(secret["optional"]) == "true";
        if (all.Find("Secret", name) is { } present)
        {
            if (present.Map("data").TryGetValue(key, out var encoded))
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(encoded.ReplaceLineEndings("")));
            }
        }
        else if (name == ExternalSecrets.Name && ExternalSecrets.Keys.Contains(key))
        {
            return StandIns[key];
        }

        if (!optional)
        {
            faults.Add($"{where} is key {key} of secret {name}, which neither the overlay nor docs/kubernetes.md makes");
        }

        return null;
    }

    [GeneratedRegex(@"\$\((\w+)\)")]
    private static partial Regex Reference();
}
