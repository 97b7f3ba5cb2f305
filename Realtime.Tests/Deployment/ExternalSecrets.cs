using System.Text.RegularExpressions;
using Realtime.Tests.Architecture;

namespace Realtime.Tests.Deployment;

/// <summary>Secrets that whoever deploys makes, by the commands in docs/kubernetes.md.</summary>
internal static partial class ExternalSecrets
{
    public const string Name = "realtime";

    /// <summary>What members show each other.</summary>
    public const string ClusterTls = "realtime-cluster-tls";

    private static readonly string Page = RepositoryFiles.Get("docs/kubernetes.md").Text;

    /// <summary>Keys of the secret <see cref="Name"/>.</summary>
    public static IReadOnlySet<string> Keys { get; } = Literal().Matches(Generic().Match(Page).Value).Select(match => match.Groups[1].Value).ToHashSet();

    /// <summary>Names of TLS secrets.</summary>
    public static IReadOnlySet<string> Certificates { get; } = Tls().Matches(Page).Select(match => match.Groups[1].Value).ToHashSet();

    /// <summary>Keys of the secret <see cref="ClusterTls"/>.</summary>
    public static IReadOnlySet<string> ClusterTlsKeys { get; } = File().Matches(ClusterSecret().Match(Page).Value).Select(match => match.Groups[1].Value).ToHashSet();

    /// <summary>Keys of any secret that the page makes; empty: it makes none of that name.</summary>
    public static IReadOnlySet<string> KeysOf(string? name) =>
        name == Name ? Keys : name == ClusterTls ? ClusterTlsKeys : new HashSet<string>();

    [GeneratedRegex(@"kubectl create secret generic realtime (?:[^\n]*\\\n)*[^\n]*")]
    private static partial Regex Generic();

    [GeneratedRegex(@"--from-literal=([\w-]+)=")]
    private static partial Regex Literal();

    [GeneratedRegex(@"kubectl create secret generic realtime-cluster-tls (?:[^\n]*\\\n)*[^\n]*")]
    private static partial Regex ClusterSecret();

    [GeneratedRegex(@"--from-file=([\w.]+)")]
    private static partial Regex File();

    [GeneratedRegex(@"kubectl create secret tls ([\w-]+) ")]
    private static partial Regex Tls();
}
