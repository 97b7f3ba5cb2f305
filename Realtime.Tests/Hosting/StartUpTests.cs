using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Realtime.Tests.Hosting;

/// <summary>Every way a node can fail to start has a message for people and an exit code for scripts.</summary>
public sealed class StartUpTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Help_names_the_options_and_ends_well()
    {
        var (code, output, faults) = await RunAsync(null, "--help");

        code.ShouldBe(0);
        faults.ShouldBeEmpty();
        foreach (var option in (ReadOnlySpan<string>)["--node", "--port", "--store", "--check-config", "--help", "--version"])
        {
            output.ShouldContain(line => line.Contains(option, StringComparison.Ordinal), option);
        }
    }

    [Fact]
    public async Task An_unknown_option_is_refused_and_named()
    {
        var (code, _, faults) = await RunAsync(null, "--prot", "1");

        code.ShouldBe(2);
        faults.ShouldContain(line => line.Contains("--prot", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_section_whose_name_is_nearly_the_right_one_is_a_fault_and_not_ignored()
    {
        var (code, _, faults) = await RunAsync(Environment(("REALTIM__PORT", "1"), ("SOMETHING__ELSE", "1"), ("REALTIMES", "a word")), "--check-config");

        code.ShouldBe(2);
        faults.ShouldBe(["REALTIM is no section that is read; is Realtime meant?"]);
    }

    [Fact]
    public async Task An_option_that_is_nearly_one_gets_it_suggested_and_an_at_sign_is_no_file()
    {
        var (code, _, faults) = await RunAsync(null, "--prot", "1");
        var at = await RunAsync(null, "--node", "@a", "--check-config");

        code.ShouldBe(2);
        faults.ShouldContain("Is --port meant?");
        at.Faults.ShouldHaveSingleItem().ShouldStartWith("Realtime:Node must be 1 to 64 letters");
    }

    [Fact]
    public async Task All_faults_of_all_sources_are_told_at_once_one_per_line()
    {
        var (code, output, faults) = await RunAsync(
            Environment(("REALTIME__PROT", "1"), ("REALTIME__NAMESPACES__CHAT__HISTORY__COUNT", "0"), ("SERILOG__MINIMUMLEVEL__DEFAULT", "Loud")),
            "--port", "abc");

        code.ShouldBe(2);
        output.ShouldBeEmpty();
        faults.Order(StringComparer.Ordinal).ShouldBe(
        [
            "Realtime:Namespaces:chat:History:Count must be between 1 and 1,000,000, is 0",
            "Realtime:PROT is not an option; is Port meant?",
            "Realtime:Port must be a whole number, is 'abc'",
            "Serilog: The value Loud is not a valid Serilog level.",
        ]);
    }

    [Fact]
    public async Task A_configuration_file_that_is_not_JSON_is_one_fault()
    {
        await File.WriteAllTextAsync(_directory.File("appsettings.json"), "{ \"Realtime\": ", TestContext.Current.CancellationToken);
        var (code, _, faults) = await RunAsync(Environment(("DOTNET_CONTENTROOT", _directory.Path)), "--check-config");

        code.ShouldBe(2);
        faults.ShouldHaveSingleItem().ShouldContain("appsettings.json");
    }

    [Fact]
    public async Task Check_config_prints_what_holds_hides_secrets_and_starts_nothing()
    {
        const string Key = "canary-key-0123456789-0123456789-0123456789";
        var (code, output, faults) = await RunAsync(Environment(("REALTIME__AUTH__DEVELOPMENTKEY", Key)), "--check-config", "--node", "n1", "--store", "memory");

        code.ShouldBe(0);
        faults.ShouldBeEmpty();
        output.ShouldContain("Realtime:Node = n1  # command line");
        output.ShouldContain("Realtime:Namespaces:chat:Presence = True  # appsettings.json");
        output.ShouldContain("Realtime:Auth:DevelopmentKey = ********  # environment");
        output[^1].ShouldBe("The configuration is good: node n1, port 8080, store memory, 5 namespaces.");
        string.Join('\n', output).ShouldNotContain(Key);
        Directory.EnumerateFileSystemEntries(_directory.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var (code, output, faults) = await RunAsync(null, "--store", "memory", "--port", $"{port}");

        code.ShouldBe(14);
        faults.ShouldBe([$"Cannot listen on localhost:{port}: the port is in use. Stop the program that has it, or choose another with --port."]);
        string.Join('\n', output).ShouldNotContain("   at ", customMessage: "a stack trace tells an operator nothing");
    }

    [Fact]
    public async Task An_address_that_is_not_ours_is_one_clear_line()
    {
        // From the block for documentation (RFC 5737): no machine has it.
        var (code, _, faults) = await RunAsync(Environment(("REALTIME__ADDRESS", "192.0.2.1")), "--store", "memory", "--port", "8080");

        code.ShouldBe(15);
        faults.ShouldHaveSingleItem().ShouldStartWith("Cannot listen on 192.0.2.1:8080: ");
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_reported_as_corrupt_and_left_as_it_is()
    {
        var path = _directory.File("broken.db");
        var garbage = new byte[8192];
        new Random(7).NextBytes(garbage);
        await File.WriteAllBytesAsync(path, garbage, TestContext.Current.CancellationToken);
        var (code, _, faults) = await RunAsync(null, "--store", $"sqlite:{path}", "--port", "0");

        code.ShouldBe(11);
        faults.ShouldHaveSingleItem().ShouldContain(path);
        (await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)).ShouldBe(garbage);
    }

    [Fact]
    public async Task A_store_that_cannot_be_opened_is_one_clear_line()
    {
        await File.WriteAllTextAsync(_directory.File("file"), "x", TestContext.Current.CancellationToken);
        var (code, _, faults) = await RunAsync(null, "--store", "sqlite:file/in-a-file.db", "--port", "0");

        code.ShouldBe(10);
        faults.ShouldHaveSingleItem().ShouldContain("in-a-file.db");
    }

    [Fact]
    public async Task A_store_another_node_uses_is_refused_and_SIGTERM_ends_that_node_well()
    {
        await using var first = NodeProcess.Start(_directory.Path, null, "--store", "sqlite:one.db", "--port", "0");
        await first.UrlAsync();
        var (code, _, faults) = await RunAsync(null, "--store", "sqlite:one.db", "--port", "0");

        code.ShouldBe(13);
        faults.ShouldHaveSingleItem().ShouldContain("one.db");

        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM");
        await first.SignalAsync("TERM");
        (await first.ExitAsync()).ShouldBe(0);
        first.Faults.ShouldBeEmpty();

        // In this order: goodbyes first, then the host.
        var events = first.Output.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("EventId").GetProperty("Name").GetString()).ToList();
        events.ShouldBe(["NodeStarted", "StopRequested", "NodeStopped"]);
    }

    private static Dictionary<string, string> Environment(params (string Name, string Value)[] variables) => variables.ToDictionary(variable => variable.Name, variable => variable.Value);

    private Task<(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Faults)> RunAsync(IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        NodeProcess.RunAsync(_directory.Path, environment, arguments);
}
