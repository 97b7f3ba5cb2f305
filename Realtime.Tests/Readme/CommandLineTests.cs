using Realtime.Client;
using Realtime.Tests.Clients.JavaScript;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Readme;

/// <summary>The lines for a shell, typed in the page's order.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public async Task A_reader_who_types_every_line_of_the_readme_gets_what_it_says()
    {
        Required.OrSkip(TypedCommand.Missing ?? NodeJs.Missing ?? PostgresServer.Missing);
        var page = ReadmePage.Of("README.md");
        await using var reader = new TypedPage(page);
        await File.WriteAllTextAsync(reader.File("token.mjs"), page.The("js", "createHmac"), TestContext.Current.CancellationToken);

        await reader.TypeAllAsync();

        Said("curl localhost:").ShouldContain("\"url\":\"ws://localhost:");
        Said("curl -f -X POST").ShouldMatch(@"\{""position"":""\w+:\d+""\}");
        Said("channel publish").ShouldMatch(@"Published at \w+:\d+");
        Said("--check-config").ShouldContain("Realtime:Port = ");
        Said("cluster show").ShouldContain("node-0");
        await reader.CloseAsync();

        string Said(string words) => reader.Said.Where(said => said.Key.Contains(words, StringComparison.Ordinal)).ShouldHaveSingleItem().Value;
    }

    [Fact]
    public async Task The_token_that_the_readme_makes_is_a_user_s_for_an_hour()
    {
        Required.OrSkip(NodeJs.Missing);
        var page = ReadmePage.Of("README.md");
        var key = page.Shell().SelectMany(block => block).Single(line => line.StartsWith("export ", StringComparison.Ordinal)).Split('=', 2);
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.File("token.mjs"), page.The("js", "createHmac"), TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string> { [key[0]["export ".Length..]] = key[1] };
        await using var maker = TypedCommand.Start("node", ["token.mjs", "ada"], directory.Path, environment);
        (await maker.ExitAsync()).ShouldBe(0, maker.Output);

        await using var node = NodeProcess.Start(directory.Path, environment, "--port", "0", "--store", "memory");
        await using var ada = new RealtimeClient(new RealtimeClientOptions { Url = await node.UrlAsync(), Token = maker.Output });
        await ada.ConnectAsync(TestContext.Current.CancellationToken).Within("a session");

        // Her personal channel, which only users have.
        await ada.Subscribe("@ada").Ready.Within("the personal channel");
    }

    [Fact]
    public void What_is_not_run_names_what_is_there()
    {
        var lines = ReadmePage.Of("README.md").Shell().SelectMany(block => block).Select(ShellLine.Of).ToList();

        lines.Where(line => line.Ends == ShellLine.Outcome.NotRun).ShouldAllBe(line => line.WhyNot!.Length > 0);
        lines.Select(line => line.Names.Class).OfType<string>().ShouldNotBeEmpty();
        lines.Select(line => line.Names.Class).OfType<string>().Where(name => typeof(CommandLineTests).Assembly.GetType(name) is null).ShouldBeEmpty();
        lines.Select(line => line.Names.Project).OfType<string>().Where(name => Directory.GetFiles(Path.Combine(SourceTree.Root, name), "*.csproj").Length != 1).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("dotnet run --project Realtime.Nodes")]
    [InlineData("dotnet run --project Realtime.Node --port 1")]
    [InlineData("dotnet tests")]
    [InlineData("rm -rf data")]
    public void A_line_that_no_rule_knows_is_refused(string line) => Should.Throw<InvalidOperationException>(() => ShellLine.Of(line)).Message.ShouldContain(line);

    [Fact]
    public void Ports_of_a_page_are_replaced_with_those_of_its_operators_and_others_are_faults()
    {
        using var ports = new ReaderPorts(["x --port 8081"]);

        var words = ports.Replace("--port 8081 ws://localhost:8081 localhost:9081 localhost:8080 localhost:9080 18:08").Split(' ', ':');
        var (one, fresh) = (int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture), ports.Clients);
        one.ShouldNotBe(8081);
        string.Join(' ', words).ShouldBe($"--port {one} ws //localhost {one} localhost {one + 1000} localhost {fresh} localhost {fresh + 1000} 18 08");
        Should.Throw<InvalidOperationException>(() => ports.Replace("localhost:8085"));
    }

    [Fact]
    public void Blocks_and_commands_in_sentences_are_found_in_order()
    {
        var page = new ReadmePage("a `curl x`, `code`\n\n```\ndotnet one\n\ndotnet two\n```\n\n```json\n{}\n```\nthen `dotnet three`.\n```\n a ─► b\n```\n");

        page.Shell().Select(block => string.Join('|', block)).ShouldBe(["curl x", "dotnet one|dotnet two", "dotnet three"]);
        page.The("json", "{").ShouldBe("{}");
    }
}
