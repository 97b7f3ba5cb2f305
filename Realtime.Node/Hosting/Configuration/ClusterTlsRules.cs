using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Realtime.Node.Cluster.Remoting;
using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>TLS between nodes: reads the files that the options name, and says at start what nodes would say of each other later.</summary>
public static class ClusterTlsRules
{
    private const string Path = $"{RealtimeOptions.Section}:Cluster";
    private const string TlsPath = $"{Path}:{nameof(ClusterOptions.Tls)}";
    private const string CertificatePath = $"{Path}:{nameof(ClusterOptions.Certificate)}";
    private const string KeyPath = $"{Path}:{nameof(ClusterOptions.CertificateKey)}";
    private const string AuthorityPath = $"{Path}:{nameof(ClusterOptions.Authority)}";

    public static void Check(ClusterOptions options, FaultList faults) => Read(options, faults);

    /// <summary>Null: nodes talk in the open.</summary>
    /// <exception cref="RealtimeConfigurationException">The files have changed since they were checked.</exception>
    public static TransportTls? ToTls(ClusterOptions options)
    {
        var faults = new FaultList();
        var tls = Read(options, faults);
        return faults.All.Count == 0 ? tls : throw new RealtimeConfigurationException(faults.All);
    }

    /// <summary>Whether other machines reach the port for nodes and nothing is asked of them.</summary>
    public static bool IsOpen(ClusterOptions options) => options.Tls is not ClusterTls.Mutual && IsExposed(options);

    private static bool IsExposed(ClusterOptions options) => options.Host is { } host && !WebListener.IsLoopback(host);

    private static TransportTls? Read(ClusterOptions options, FaultList faults)
    {
        if (options.Tls is null && IsExposed(options))
        {
            faults.Add(TlsPath, $"must be mutual or off when Host is not loopback, is not said and Host is '{options.Host}'");
        }

        if (options.Tls is not ClusterTls.Mutual)
        {
            foreach (var (path, file) in (ReadOnlySpan<(string, string?)>)[(CertificatePath, options.Certificate), (KeyPath, options.CertificateKey), (AuthorityPath, options.Authority)])
            {
                if (file is not null)
                {
                    faults.Add(path, "counts for nothing unless Tls is mutual");
                }
            }

            return null;
        }

        var own = Load(CertificatePath, options.Certificate, "the certificate of this node", faults);
        var authority = Load(AuthorityPath, options.Authority, "the certificates of the authority that signs those of the nodes", faults);
        var certificate = own is { Count: > 0 } ? WithKey(own, options, faults) : null;
        if (certificate is null || authority is null)
        {
            return null;
        }

        X509Certificate2Collection intermediates = [.. own!.Where(one => !one.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))];
        try
        {
            if (TransportTls.Fault(certificate, intermediates, authority) is { } fault)
            {
                faults.Add(AuthorityPath, $"does not vouch for {certificate.Subject} of '{options.Certificate}' as a server and a client: {fault}");
                return null;
            }

            return new TransportTls(certificate, intermediates, authority);
        }
        catch (InvalidOperationException e)
        {
            // .NET looks for certificates that the user distrusts, whatever the chain is to end at.
            faults.Add(TlsPath, $"needs a home directory where certificates are checked: {e.Message} Set HOME for the process; the directory need not exist");
            return null;
        }
    }

    /// <summary>The certificates of a file, all of them valid today. Null: there is a fault.</summary>
    private static X509Certificate2Collection? Load(string path, string? file, string what, FaultList faults)
    {
        if (string.IsNullOrWhiteSpace(file))
        {
            faults.Add(path, $"must name a file with {what} when Tls is mutual");
            return null;
        }

        X509Certificate2Collection found = [];
        try
        {
            var bytes = File.ReadAllBytes(file);
            if (IsPem(bytes))
            {
                found.ImportFromPem(File.ReadAllText(file));
            }
            else
            {
                found.AddRange(X509CertificateLoader.LoadPkcs12Collection(bytes, password: null));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            faults.Add(path, $"cannot be read from '{file}': {e.Message}");
            return null;
        }

        if (found.Count == 0)
        {
            faults.Add(path, $"must name a file with {what}; '{file}' holds no certificate");
            return null;
        }

        return found.All(one => IsValid(one, path, file, faults)) ? found : null;
    }

    private static bool IsPem(byte[] bytes) => bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0 || bytes.Length == 0;

    private static bool IsValid(X509Certificate2 certificate, string path, string file, FaultList faults)
    {
        var now = TimeProvider.System.GetUtcNow();
        var fault = (now < certificate.NotBefore, now > certificate.NotAfter) switch
        {
            (true, _) => $"is valid from {Day(certificate.NotBefore)} on",
            (_, true) => $"has expired on {Day(certificate.NotAfter)}",
            _ => null,
        };
        if (fault is not null)
        {
            faults.Add(path, $"must be valid today: {certificate.Subject} of '{file}' {fault}");
        }

        return fault is null;
    }

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The node's own one among those of its file: the one with a key in a PFX, the first one in a PEM. Null: there is a fault.</summary>
    private static X509Certificate2? WithKey(X509Certificate2Collection own, ClusterOptions options, FaultList faults)
    {
        if (options.CertificateKey is null && own.FirstOrDefault(one => one.HasPrivateKey) is { } whole)
        {
            return whole;
        }

        var file = options.CertificateKey ?? options.Certificate!;
        try
        {
            var pem = File.ReadAllText(file);
            if (!pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            {
                faults.Add(KeyPath, $"must name a file with the private key of '{options.Certificate}'; '{file}' holds none");
                return null;
            }

            return X509Certificate2.CreateFromPem(own[0].ExportCertificatePem(), pem);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(KeyPath, $"cannot be read from '{file}': {e.Message}");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            faults.Add(KeyPath, $"is not the private key of '{options.Certificate}': {e.Message}");
        }

        return null;
    }
}
