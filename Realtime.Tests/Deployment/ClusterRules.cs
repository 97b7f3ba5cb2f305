using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;

namespace Realtime.Tests.Deployment;

/// <summary>The members find each other and trust each other by what the manifests tell them.</summary>
internal static class ClusterRules
{
    /// <summary>The name of the port that actor systems listen on.</summary>
    public const string Port = "actors";

    /// <summary>Options that name files, each with the key of the secret that has it.</summary>
    private static readonly IReadOnlyDictionary<string, string> Files = new Dictionary<string, string>
    {
        ["Certificate"] = "tls.crt", ["CertificateKey"] = "tls.key", ["Authority"] = "ca.crt",
    };

    public static IEnumerable<string> Faults(Manifests all)
    {
        List<string> unread = [];
        var members = all.Workloads.Where(workload => workload.IsOurs).Select(workload =>
            (Workload: workload, First: ConfigurationRules.Read(workload, all, unread), Second: ConfigurationRules.Read(workload, all, unread, ordinal: 1))).ToList();
        foreach (var (workload, first, second) in members)
        {
            foreach (var option in new[] { "Node", "Cluster:AdvertisedHost" }.Where(option => Value(first, option) is null || Value(first, option) == Value(second, option)))
            {
                yield return $"{workload.Where}: {option} is not each pod's own";
            }

            var (host, port) = (Value(first, "Cluster:Host"), Value(first, "Cluster:Port"));
            if (host != "*" || !workload.Ports.TryGetValue(Port, out var number) || $"{number}" != port)
            {
                yield return $"{workload.Where} listens on {host}:{port} and says that {Port} is {workload.Ports.GetValueOrDefault(Port)}";
            }

            foreach (var fault in TlsFaults(workload, first))
            {
                yield return fault;
            }
        }

        foreach (var option in new[] { "Store", "Cluster:Tls" }.Where(option => members.Select(member => Value(member.First, option)).Distinct().Count() != 1))
        {
            yield return $"{option} is not the same for all members";
        }
    }

    private static IEnumerable<string> TlsFaults(Workload workload, IConfiguration configuration)
    {
        var tls = Value(configuration, "Cluster:Tls");
        if (tls is not ("mutual" or "off"))
        {
            yield return $"{workload.Where} does not say how the way between nodes is protected";
        }

        foreach (var (option, key) in Files)
        {
            var file = Value(configuration, "Cluster:" + option);
            if (tls == "off" ? file is not null : file is null || SecretAt(workload, file) != (ExternalSecrets.ClusterTls, key))
            {
                yield return $"{workload.Where}: {option} is {file ?? "nothing"}, which is not {key} of secret {ExternalSecrets.ClusterTls}";
            }
        }
    }

    /// <summary>Which key of which secret is mounted at a path.</summary>
    private static (string? Secret, string Key)? SecretAt(Workload workload, string path)
    {
        var (folder, name) = (Path.GetDirectoryName(path), Path.GetFileName(path));
        var mount = workload.Containers.SelectMany(container => KubeObject.ListOf(container["volumeMounts"])).FirstOrDefault(mount => KubeObject.TextOf(mount["mountPath"]) == folder);
        return mount is null ? null : (KubeObject.TextOf(VolumeOf(workload, mount)?["secret"]?["secretName"]), name);
    }

    private static JsonNode? VolumeOf(Workload workload, JsonNode mount) =>
        workload.List("spec.template.spec.volumes").FirstOrDefault(volume => KubeObject.TextOf(volume["name"]) == KubeObject.TextOf(mount["name"]));

    private static string? Value(IConfiguration configuration, string option) => configuration[$"Realtime:{option}"];
}
