using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor.Setup;

namespace Realtime.Node.Cluster.Remoting;

/// <summary>
/// Mutual TLS between nodes: each shows a certificate, and takes only those that the cluster's own authority has signed. Names in them count for nothing: nodes come and go on
/// addresses that nobody knows beforehand, and whoever the authority has signed for is a node.
/// </summary>
public sealed class TransportTls : Setup
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _authority;
    private readonly SslStreamCertificateContext _own;

    /// <param name="certificate">With its private key.</param>
    /// <param name="intermediates">What stands between it and the authority.</param>
    /// <param name="authority">What a chain ends at.</param>
    public TransportTls(X509Certificate2 certificate, X509Certificate2Collection intermediates, X509Certificate2Collection authority)
    {
        _authority = authority;
        _own = SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
    }

    /// <summary>Why a node does not take a certificate; null: it does.</summary>
    public static string? Fault(X509Certificate2 certificate, X509Certificate2Collection intermediates, X509Certificate2Collection authority)
    {
        foreach (var use in (ReadOnlySpan<string>)[ServerUse, ClientUse])
        {
            using var chain = new X509Chain();
            chain.ChainPolicy = Policy(authority, use);
            chain.ChainPolicy.ExtraStore.AddRange(intermediates);
            if (!chain.Build(certificate))
            {
                return TextOf(chain);
            }
        }

        return null;
    }

    /// <summary>Shakes hands as the one that was dialled, on the calling thread.</summary>
    /// <exception cref="AuthenticationException">Says what is wrong with the other side.</exception>
    public SslStream Accept(Stream inner) => Shake(inner, (stream, check) => stream.AuthenticateAsServer(new SslServerAuthenticationOptions
    {
        ServerCertificateContext = _own,
        ClientCertificateRequired = true,
        CertificateChainPolicy = Policy(_authority, ClientUse),
        RemoteCertificateValidationCallback = check,
    }));

    /// <summary>Shakes hands as the one that dials, on the calling thread.</summary>
    /// <exception cref="AuthenticationException">Says what is wrong with the other side.</exception>
    public SslStream Dial(Stream inner, string host) => Shake(inner, (stream, check) => stream.AuthenticateAsClient(new SslClientAuthenticationOptions
    {
        TargetHost = host,
        ClientCertificateContext = _own,
        CertificateChainPolicy = Policy(_authority, ServerUse),
        RemoteCertificateValidationCallback = check,
    }));

    private static SslStream Shake(Stream inner, Action<SslStream, RemoteCertificateValidationCallback> authenticate)
    {
        string? fault = null;
        var stream = new SslStream(inner);
        try
        {
            authenticate(stream, (_, certificate, chain, errors) =>
            {
                fault = Fault(certificate, chain, errors & ~SslPolicyErrors.RemoteCertificateNameMismatch);
                return fault is null;
            });
            return stream;
        }
        catch (Exception e) when (e is AuthenticationException or CryptographicException)
        {
            stream.Dispose();
            throw new AuthenticationException(fault ?? e.Message, e);
        }
    }

    private static string? Fault(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => (certificate, errors) switch
    {
        (null, _) => "it has no certificate",
        (_, SslPolicyErrors.None) => null,
        _ => $"its certificate {certificate.Subject} is not taken: {(chain is null ? errors.ToString() : TextOf(chain))}",
    };

    private static string TextOf(X509Chain chain) =>
        string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Distinct());

    private static X509ChainPolicy Policy(X509Certificate2Collection authority, string use)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authority);
        policy.ApplicationPolicy.Add(new Oid(use));
        return policy;
    }
}
