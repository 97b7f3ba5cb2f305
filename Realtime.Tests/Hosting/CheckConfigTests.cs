using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Realtime.Node.Hosting.Configuration;
using Realtime.Tests.Deployment;

namespace Realtime.Tests.Hosting;

/// <summary><c>--check-config</c> says of every option what holds and where it was said.</summary>
public sealed class CheckConfigTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Every_option_of_a_node_is_printed()
    {
        var output = await OutputAsync(
            new()
            {
                ["REALTIME__NAMESPACES__NAME__HISTORY__COUNT"] = "7", ["REALTIME__AUTH__KEYS__NAME__ALGORITHM"] = "HS256", ["REALTIME__AUTH__KEYS__NAME__KEY"] = new string('k', 32),
                ["REALTIME__API__KEYS__NAME__SECRET"] = new string('s', 32), ["REALTIME__API__KEYS__NAME__SCOPES"] = "publish",
                ["REALTIME__WEBHOOKS__ENDPOINTS__NAME__URL"] = "https://app.example.com/realtime", ["REALTIME__WEBHOOKS__ENDPOINTS__NAME__SECRETS"] = new string('w', 32),
                ["REALTIME__WEBHOOKS__ENDPOINTS__NAME__HOOKS"] = "publish",
            },
            "--store",
            "memory");

        foreach (var entry in OptionCatalog.Nodes)
        {
            var path = entry.Path.Replace(OptionCatalog.Name, "name", StringComparison.Ordinal);
            output.ShouldContain(line => line.StartsWith(path + " = ", StringComparison.Ordinal), path);
        }
    }

    [Fact]
    public async Task Each_value_says_where_it_comes_from()
    {
        await File.WriteAllTextAsync(
            _directory.File("appsettings.json"),
            """{ "Realtime": { "StopTimeout": "3s", "Origins": ["https://a.example", "https://b.example"], "Namespaces": { "poll": {} } } }""",
            TestContext.Current.CancellationToken);
        var output = await OutputAsync(
            new()
            {
                ["DOTNET_CONTENTROOT"] = _directory.Path,
                ["REALTIME__ADDRESS"] = "127.0.0.1",
                ["REALTIME__AUTH__DEVELOPMENTKEY"] = "canary-key-0123456789-0123456789-0123456789",
            },
            "--port", "8765");

        output.ShouldContain("Realtime:Port = 8765  # command line");
        output.ShouldContain("Realtime:Address = 127.0.0.1  # environment");
        output.ShouldContain("Realtime:Auth:DevelopmentKey = ********  # environment");
        output.ShouldContain("Realtime:StopTimeout = 3s  # appsettings.json");
        output.ShouldContain("Realtime:Origins = https://a.example,https://b.example  # appsettings.json");
        output.ShouldContain("Realtime:MaxConnections = 50000  # default");
        output.ShouldContain("Realtime:Cluster:ClientUrl = (not set)  # default");
        string.Join('\n', output).ShouldNotContain("canary");
    }

    [Fact]
    public void Values_that_follow_from_others_are_printed_as_the_node_runs_by_them()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Realtime:Port"] = "8765",
            ["Realtime:Store"] = "postgres://ann:s3cret@db/realtime",
            ["Realtime:Namespaces:ping:Durability"] = "None",
        }).Build();
        var output = NodeConfiguration.Read(configuration).Report(configuration).ToList();

        output.ShouldContain("Realtime:Operator:Port = 9765  # default");
        output.ShouldContain("Realtime:Namespaces:ping:Lag = Drop  # default");
        output.ShouldContain("Realtime:Namespaces:@:Publish = Nobody  # default");
        output.ShouldContain("Realtime:Store = postgres:db:5432/realtime  # command line");
    }

    [Fact]
    public async Task The_rules_of_each_namespace_are_one_line_of_a_table()
    {
        var output = await OutputAsync(
            new() { ["REALTIME__NAMESPACES__POLL__PUBLISH"] = "Users", ["REALTIME__NAMESPACES__POLL__HISTORY__AGE"] = "7d", ["REALTIME__NAMESPACES__PING__DURABILITY"] = "None" });

        var rows = output.Select(line => Regex.Split(line.Trim(), " {2,}")).ToList();
        rows.ShouldContain(row => row.SequenceEqual(new[] { "namespace", "durability", "subscribe", "publish", "presence", "message bytes", "lag", "history" }));
        rows.ShouldContain(row => row.SequenceEqual(new[] { "poll", "Journal", "Anyone", "Users", "no", "64KiB", "Catchup", "10000 messages, 16MiB, 7d" }));
        rows.ShouldContain(row => row.SequenceEqual(new[] { "ping", "None", "Anyone", "Anyone", "no", "64KiB", "Drop", "none" }));
        rows.ShouldContain(row => row.Length > 3 && row[0] == "@" && row[2] == "Users" && row[3] == "Nobody");
    }

    private async Task<IReadOnlyList<string>> OutputAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        await using var process = NodeProcess.Start(_directory.Path, environment, ["--check-config", .. arguments]);
        (await process.ExitAsync()).ShouldBe(0, string.Join('\n', process.Faults));
        process.Faults.ShouldBeEmpty();
        return process.Output;
    }
}
