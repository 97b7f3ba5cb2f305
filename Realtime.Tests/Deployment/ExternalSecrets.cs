using System.Text.RegularExpressions;
using Realtime.Tests.Architecture;

namespace Realtime.Tests.Deployment;

/// <summary>Secrets that whoever deploys makes, by the commands in docs/kubernetes.md.</summary>
internal static partial class ExternalSecrets
{
    public const string Name = "realtime";

    private static readonly string Page = RepositoryFiles.Get("docs/kubernetes.md").Text;

    /// <summary>Keys of the secret <see cref="Name"/>.</summary>
    public static IReadOnlySet<string> Keys { get; } = Literal().Matches(Generic().Match(Page).Value).Select(match => match.Groups[1].Value).ToHashSet();

    /// <summary>Names of TLS secrets.</summary>
    public static IReadOnlySet<string> Certificates { get; } = Tls().Matches(Page).Select(match => match.Groups[1].Value).ToHashSet();

    [GeneratedRegex(@"kubectl create secret generic realtime (?:[^\n]*\\\n)*[^\n]*")]
    private static partial Regex Generic();

    [GeneratedRegex(@"--from-literal=([\w-]+)=")]
    private static partial Regex Literal();

    [GeneratedRegex(@"kubectl create secret tls ([\w-]+) ")]
    private static partial Regex Tls();
}
