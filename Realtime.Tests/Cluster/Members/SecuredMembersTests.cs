using System.Security.Cryptography.X509Certificates;
using Realtime.Tests.Cluster.Remoting;
using Realtime.Tests.Hosting;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Members;

/// <summary>Nodes as processes of their own that others could reach.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class SecuredMembersTests : IAsyncLifetime
{
    private readonly PostgresEventStoreCase _database = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly Authority _authority = new("cluster");
    private readonly Authority _stranger = new("stranger");

    public async ValueTask InitializeAsync() => await _database.PrepareAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _directory.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task Nodes_of_one_authority_are_one_cluster_and_one_of_another_authority_stays_out()
    {
        await using var first = Start("n1", Secured(_authority, "n1"));
        await first.UrlAsync();
        await using var second = Start("n2", Secured(_authority, "n2"));
        await second.UrlAsync();
        await using var stranger = Start("n3", Secured(_stranger, "n3"));

        await Soon.IsTrueAsync(
            () => first.Output.Concat(second.Output).Any(line => line.Contains("its certificate CN=n3 is not taken", StringComparison.Ordinal)), "the refusal");

        (await _database.ScalarAsync("SELECT count(*) FROM rt.member WHERE joined IS NOT NULL")).ShouldBe(2L);
        first.Output.Concat(second.Output).ShouldNotContain(line => line.Contains("without TLS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_in_the_open_says_so_at_each_start()
    {
        await using var node = Start("n1", new() { ["REALTIME__CLUSTER__HOST"] = "*", ["REALTIME__CLUSTER__ADVERTISEDHOST"] = "127.0.0.1", ["REALTIME__CLUSTER__TLS"] = "off" });
        await node.UrlAsync();

        node.Output.Count(line => line.Contains("without TLS", StringComparison.Ordinal)).ShouldBe(1);
    }

    private NodeProcess Start(string name, Dictionary<string, string> environment) => NodeProcess.Start(
        _directory.Path, environment, "--node", name, "--store", "postgres:" + _database.Options.Connection, "--port", "0");

    private Dictionary<string, string> Secured(Authority authority, string name)
    {
        using var certificate = authority.Issue(name);
        File.WriteAllBytes(_directory.File($"{name}.pfx"), certificate.Export(X509ContentType.Pfx));
        File.WriteAllText(_directory.File($"{name}.pem"), authority.Certificate.ExportCertificatePem());
        return new()
        {
            ["REALTIME__CLUSTER__TLS"] = "mutual",
            ["REALTIME__CLUSTER__CERTIFICATE"] = _directory.File($"{name}.pfx"),
            ["REALTIME__CLUSTER__AUTHORITY"] = _directory.File($"{name}.pem"),
        };
    }
}
