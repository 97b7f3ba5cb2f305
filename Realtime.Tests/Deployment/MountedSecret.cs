using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Realtime.Tests.Cluster.Remoting;
using Realtime.Tests.Hosting;

namespace Realtime.Tests.Deployment;

/// <summary>Where the component cluster-tls mounts its secret, and files that stand in for it where nothing is mounted.</summary>
internal static class MountedSecret
{
    public const string Folder = "/etc/realtime/cluster/";

    private static readonly Lazy<TemporaryDirectory> Files = new(Make);

    /// <summary>Options that name a mounted file.</summary>
    public static IEnumerable<string> Naming(IEnumerable<KeyValuePair<string, string?>> options) =>
        options.Where(option => option.Value?.StartsWith(Folder, StringComparison.Ordinal) == true).Select(option => option.Key).ToList();

    public static void StandIn(IConfiguration configuration)
    {
        foreach (var option in Naming(configuration.AsEnumerable()))
        {
            configuration[option] = Files.Value.File(configuration[option]![Folder.Length..]);
        }
    }

    private static TemporaryDirectory Make()
    {
        var made = new TemporaryDirectory();
        using var authority = new Authority("stand-in authority");
        using var certificate = authority.Issue("stand-in");
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(made.File("ca.crt"), authority.Certificate.ExportCertificatePem());
        File.WriteAllText(made.File("tls.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(made.File("tls.key"), key.ExportPkcs8PrivateKeyPem());
        AppDomain.CurrentDomain.ProcessExit += (_, _) => made.Dispose();
        return made;
    }
}
