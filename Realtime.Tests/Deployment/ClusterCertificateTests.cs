using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Realtime.Tests.Deployment;

/// <summary>The two ways in which docs/kubernetes.md makes what nodes show each other: by hand, and by cert-manager.</summary>
public sealed partial class ClusterCertificateTests
{
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    private static readonly string Page = OperatorPages.Text("docs/kubernetes.md");

    [Theory]
    [InlineData(ServerAuth)]
    [InlineData(ClientAuth)]
    public void The_commands_of_the_page_make_a_certificate_that_counts_at_both_ends_of_a_connection(string usage)
    {
        using var made = ClusterCertificate.Make();
        using var certificate = X509Certificate2.CreateFromPemFile(made.File("tls.crt"), made.File("tls.key"));
        using var authority = X509CertificateLoader.LoadCertificateFromFile(made.File("ca.crt"));

        Trusts(authority, certificate, usage).ShouldBeTrue();
        certificate.HasPrivateKey.ShouldBeTrue();
    }

    [Fact]
    public void The_certificate_is_nobody_s_authority_and_another_authority_does_not_count()
    {
        using var made = ClusterCertificate.Make();
        using var others = ClusterCertificate.Make();
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(made.File("tls.crt"));
        using var authority = X509CertificateLoader.LoadCertificateFromFile(others.File("ca.crt"));

        Trusts(authority, certificate, ServerAuth).ShouldBeFalse();
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().ShouldHaveSingleItem().CertificateAuthority.ShouldBeFalse();
    }

    [Fact]
    public void The_secret_has_the_files_that_the_commands_make_and_not_the_authority_s_key()
    {
        using var made = ClusterCertificate.Make();

        ExternalSecrets.ClusterTlsKeys.Order(StringComparer.Ordinal).ShouldBe(["ca.crt", "tls.crt", "tls.key"]);
        ExternalSecrets.ClusterTlsKeys.ShouldAllBe(key => File.Exists(made.File(key)));
    }

    [Fact]
    public void With_cert_manager_it_is_the_same_secret_from_an_authority_of_its_own()
    {
        var objects = YamlText.Documents(Yaml().Match(Page).Groups[1].Value).Select(document => new KubeObject(document)).ToList();
        var certificate = objects.Single(found => found.Text("spec.secretName") == ExternalSecrets.ClusterTls);
        var issuer = objects.Single(found => found.Kind == "Issuer" && found.Name == certificate.Text("spec.issuerRef.name"));
        var authority = objects.Single(found => found.Kind == "Certificate" && found.Text("spec.secretName") == issuer.Text("spec.ca.secretName"));

        certificate.List("spec.usages").Select(KubeObject.TextOf).ShouldBe(["digital signature", "server auth", "client auth"]);
        certificate.Text("spec.isCA").ShouldBeNull();
        authority.Text("spec.isCA").ShouldBe("true");
        objects.Single(found => found.Kind == "Issuer" && found.Name == authority.Text("spec.issuerRef.name")).At("spec.selfSigned").ShouldNotBeNull();
        objects.Count.ShouldBe(4);
        objects.ShouldAllBe(found => found.Text("metadata.namespace") == "realtime");
    }

    private static bool Trusts(X509Certificate2 authority, X509Certificate2 certificate, string usage)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(usage));
        return chain.Build(certificate);
    }

    [GeneratedRegex("```yaml\n(apiVersion: cert-manager.*?)```", RegexOptions.Singleline)]
    private static partial Regex Yaml();
}
