using System.Text.RegularExpressions;
using Realtime.Client;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Readme;

/// <summary>The C# of the pages, compiled and run.</summary>
public sealed partial class CSharpSnippetTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("clients/dotnet/Realtime.Client/README.md")]
    public async Task The_client_s_first_example_prints_what_it_publishes(string page)
    {
        using var directory = new TemporaryDirectory();
        await using var node = NodeProcess.Start(directory.Path, null, "--port", "0", "--store", "memory");
        var code = ReadmePage.Of(page).The("csharp", "new RealtimeClient(").Replace("http://localhost:8080", (await node.UrlAsync()).OriginalString, StringComparison.Ordinal);
        using var program = new SnippetProgram(code, "Microsoft.NET.Sdk", "Realtime.Client");
        await program.BuildAsync();

        await using var running = program.Start("hello");
        await running.SaidAsync();

        running.Output.ShouldMatch("""^\w+:1: \{"text":"hello"\}$""");
    }

    [Fact]
    public async Task An_application_of_one_s_own_hosts_a_node_by_the_readme_s_program()
    {
        using var program = new SnippetProgram(ReadmePage.Of("README.md").The("csharp", "AddRealtime()"), "Microsoft.NET.Sdk.Web", "Realtime.Node");
        await program.WriteAsync("appsettings.json", """{ "Realtime": { "Store": "memory", "Namespaces": { "poll": {} } } }""");
        await program.BuildAsync();

        await using var running = program.Start("Now listening on", "--urls", "http://127.0.0.1:0", "--environment", "Development");
        await running.SaidAsync();

        await using var client = new RealtimeClient(new RealtimeClientOptions { Url = new Uri(Listening().Match(running.Output).Value) });
        await client.ConnectAsync(TestContext.Current.CancellationToken).Within("a session");
        await client.PublishAsync("poll:lunch", new { dish = "soup" }).Within("a publish");
        (await running.StopAsync()).ShouldBe(0, running.Output);
    }

    [GeneratedRegex(@"(?<=Now listening on: )http://\S+")]
    private static partial Regex Listening();
}
