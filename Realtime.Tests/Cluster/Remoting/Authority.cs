using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Realtime.Node.Cluster.Remoting;

namespace Realtime.Tests.Cluster.Remoting;

/// <summary>A certificate authority of a test.</summary>
internal sealed class Authority : IDisposable
{
    private static readonly OidCollection BothUses = [new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")];

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _issued;

    public Authority(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        Certificate = request.CreateSelfSigned(Now.AddYears(-2), Now.AddYears(2));
    }

    public X509Certificate2 Certificate { get; }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>With its key.</summary>
    /// <param name="from">Days from now.</param>
    /// <param name="to">Days from now.</param>
    /// <param name="uses">Null: as server and as client.</param>
    public X509Certificate2 Issue(string name, int from = -1, int to = 1, OidCollection? uses = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses ?? BothUses, false));
        using var issued = request.Create(Certificate, Now.AddDays(from), Now.AddDays(to), [1, (byte)++_issued]);
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>What a node of this authority runs with.</summary>
    public TransportTls Tls(string name) => new(Issue(name), [], [Certificate]);

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }
}
