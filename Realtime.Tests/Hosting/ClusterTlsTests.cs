using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;
using Realtime.Tests.Cluster.Remoting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting;

/// <summary>TLS between nodes as options say it: whatever would keep nodes from talking is said at start, by the name of the option.</summary>
public sealed class ClusterTlsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Authority _authority = new("cluster");
    private readonly Authority _stranger = new("stranger");

    public ClusterTlsTests()
    {
        using var certificate = _authority.Issue("node");
        Write("node.pem", certificate.ExportCertificatePem());
        Write("node.key", KeyOf(certificate));
        Write("whole.pem", certificate.ExportCertificatePem() + "\n" + KeyOf(certificate));
        File.WriteAllBytes(_directory.File("node.pfx"), certificate.Export(X509ContentType.Pfx));
        Write("authority.pem", _authority.Certificate.ExportCertificatePem());
    }

    public void Dispose()
    {
        _directory.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Theory]
    [InlineData("node.pem", "node.key")]
    [InlineData("whole.pem", null)]
    [InlineData("node.pfx", null)]
    public void A_certificate_with_its_key_is_taken_from_any_of_the_usual_files(string certificate, string? key)
    {
        var configuration = Read(("Host", "*"), ("AdvertisedHost", "node-1"), ("Tls", "mutual"), ("Certificate", Path(certificate)), ("CertificateKey", key is null ? null : Path(key)), ("Authority", Path("authority.pem")));

        configuration.Settings.Actors.Tls.ShouldNotBeNull();
        ClusterTlsRules.IsOpen(configuration.Options.Cluster).ShouldBeFalse();
    }

    [Fact]
    public void Nothing_written_is_off_and_only_a_node_that_others_reach_is_open()
    {
        Read().Settings.Actors.Tls.ShouldBeNull();
        ClusterTlsRules.IsOpen(Read().Options.Cluster).ShouldBeFalse();
        ClusterTlsRules.IsOpen(Read(("Host", "127.0.0.1"), ("Tls", "off")).Options.Cluster).ShouldBeFalse();
        ClusterTlsRules.IsOpen(Read(("Host", "10.0.0.7"), ("Tls", "off")).Options.Cluster).ShouldBeTrue();
    }

    [Fact]
    public void A_node_that_others_reach_has_to_say_it() =>
        Faults(("Host", "10.0.0.7")).ShouldBe(["Realtime:Cluster:Tls must be mutual or off when Host is not loopback, is not said and Host is '10.0.0.7'"]);

    [Fact]
    public void Files_without_mutual_are_faults() => Faults(("Certificate", Path("node.pem")), ("CertificateKey", Path("node.key")), ("Authority", Path("authority.pem")), ("Tls", "off"))
        .ShouldBe([.. new[] { "Certificate", "CertificateKey", "Authority" }.Select(name => $"Realtime:Cluster:{name} counts for nothing unless Tls is mutual")]);

    [Fact]
    public void Mutual_without_files_says_which_are_needed() => Faults(("Tls", "mutual")).ShouldBe(
    [
        "Realtime:Cluster:Certificate must name a file with the certificate of this node when Tls is mutual",
        "Realtime:Cluster:Authority must name a file with the certificates of the authority that signs those of the nodes when Tls is mutual",
    ]);

    [Fact]
    public void A_file_that_is_not_there_or_holds_something_else_is_said()
    {
        Write("rubbish.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Write("rubbish.pfx", "rubbish");
        Write("empty.pem", "");

        Fault("Certificate", "missing.pem").ShouldStartWith($"Realtime:Cluster:Certificate cannot be read from '{Path("missing.pem")}': ");
        Fault("Certificate", "rubbish.pem").ShouldStartWith($"Realtime:Cluster:Certificate cannot be read from '{Path("rubbish.pem")}': ");
        Fault("Certificate", "rubbish.pfx").ShouldStartWith($"Realtime:Cluster:Certificate cannot be read from '{Path("rubbish.pfx")}': ");
        Fault("Certificate", "empty.pem").ShouldEndWith("'" + Path("empty.pem") + "' holds no certificate");
        Fault("Certificate", "node.key").ShouldEndWith("'" + Path("node.key") + "' holds no certificate");
        Fault("CertificateKey", "missing.key").ShouldStartWith($"Realtime:Cluster:CertificateKey cannot be read from '{Path("missing.key")}': ");
        Fault("CertificateKey", "node.pem").ShouldBe($"Realtime:Cluster:CertificateKey must name a file with the private key of '{Path("node.pem")}'; '{Path("node.pem")}' holds none");
        Fault("Authority", "missing.pem").ShouldStartWith($"Realtime:Cluster:Authority cannot be read from '{Path("missing.pem")}': ");
    }

    [Fact]
    public void A_key_of_another_certificate_is_said()
    {
        using var other = _authority.Issue("other");
        Write("other.key", KeyOf(other));

        Fault("CertificateKey", "other.key").ShouldStartWith($"Realtime:Cluster:CertificateKey is not the private key of '{Path("node.pem")}': ");
    }

    [Theory]
    [InlineData(-9, -1, "has expired on")]
    [InlineData(1, 9, "is valid from")]
    public void A_certificate_that_is_not_valid_today_is_said(int from, int to, string fault)
    {
        using var late = _authority.Issue("late", from, to);
        Write("late.pem", late.ExportCertificatePem() + "\n" + KeyOf(late));

        Faults(("Tls", "mutual"), ("Certificate", Path("late.pem")), ("Authority", Path("authority.pem"))).ShouldHaveSingleItem()
            .ShouldStartWith($"Realtime:Cluster:Certificate must be valid today: CN=late of '{Path("late.pem")}' {fault} ");
    }

    [Fact]
    public void A_certificate_of_another_authority_or_for_one_end_only_is_said()
    {
        using var half = _authority.Issue("half", uses: [new Oid("1.3.6.1.5.5.7.3.1")]);
        Write("half.pem", half.ExportCertificatePem() + "\n" + KeyOf(half));
        Write("stranger.pem", _stranger.Certificate.ExportCertificatePem());

        Fault("Authority", "stranger.pem").ShouldStartWith($"Realtime:Cluster:Authority does not vouch for CN=node of '{Path("node.pem")}' as a server and a client: ");
        Faults(("Tls", "mutual"), ("Certificate", Path("half.pem")), ("Authority", Path("authority.pem"))).ShouldHaveSingleItem().ShouldContain("as a server and a client: ");
    }

    [Fact]
    public async Task The_node_does_not_start_and_says_why()
    {
        var (exitCode, _, faults) = await NodeProcess.RunAsync(
            _directory.Path,
            new Dictionary<string, string> { ["REALTIME__CLUSTER__TLS"] = "mutual", ["REALTIME__CLUSTER__CERTIFICATE"] = Path("missing.pem"), ["REALTIME__CLUSTER__AUTHORITY"] = Path("authority.pem") },
            "--store", "memory", "--port", "0");

        exitCode.ShouldBe(ExitCodes.BadConfiguration);
        faults.ShouldContain(line => line.Contains("Realtime:Cluster:Certificate cannot be read from", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_without_a_home_is_a_fault_of_the_configuration()
    {
        const string Nobody = "--reuid=54321 --regid=54321 --clear-groups";
        Required.OrSkip(OperatingSystem.IsLinux() ? null : "only Linux has processes without a home");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        var node = System.IO.Path.Combine(AppContext.BaseDirectory, "Realtime.Node.dll");
        Assert.SkipUnless((await ShellAsync($"setpriv {Nobody} test -r {node} -a -r {Path("node.pem")}")).Code == 0, "only root can be somebody whom the system does not know, and who may read the program");

        var (code, faults) = await ShellAsync(
            $"setpriv {Nobody} env -u HOME REALTIME__CLUSTER__TLS=mutual REALTIME__CLUSTER__CERTIFICATE={Path("whole.pem")} REALTIME__CLUSTER__AUTHORITY={Path("authority.pem")} "
            + $"dotnet {node} --store memory --check-config");

        faults.ShouldStartWith("Realtime:Cluster:Tls needs a home directory where certificates are checked: ");
        code.ShouldBe(ExitCodes.BadConfiguration);
    }

    private async Task<(int Code, string Faults)> ShellAsync(string line)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", line]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _directory.Path })!;
        var output = shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var faults = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).Within("the end of the program");
        await output;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (shell.ExitCode, faults);
    }

    private static string KeyOf(X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    private string Path(string file) => _directory.File(file);

    private void Write(string file, string text) => File.WriteAllText(_directory.File(file), text);

    /// <summary>The one fault when this one option of a sound set names another file.</summary>
    private string Fault(string option, string file)
    {
        var all = new Dictionary<string, string?> { ["Tls"] = "mutual", ["Certificate"] = Path("node.pem"), ["CertificateKey"] = Path("node.key"), ["Authority"] = Path("authority.pem") };
        all[option] = Path(file);
        return Faults([.. all.Select(entry => (entry.Key, entry.Value))]).ShouldHaveSingleItem();
    }

    private static IReadOnlyList<string> Faults(params (string Name, string? Value)[] options) =>
        Should.Throw<RealtimeConfigurationException>(() => Read(options)).Faults;

    private static NodeConfiguration Read(params (string Name, string? Value)[] options) => NodeConfiguration.Read(
        new ConfigurationBuilder().AddInMemoryCollection(
            options.Where(option => option.Value is not null).Select(option => KeyValuePair.Create($"Realtime:Cluster:{option.Name}", option.Value))).Build());
}
