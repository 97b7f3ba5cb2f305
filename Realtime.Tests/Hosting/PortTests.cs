using System.Net;
using System.Net.Sockets;
using Realtime.Node.Configuration;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting;

/// <summary>A program takes its ports before it does anything else: what cannot listen has touched no store and joined no cluster.</summary>
public sealed class PortTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TcpListener _other = new(IPAddress.Loopback, 0);

    public PortTests() => _other.Start();

    private int Taken => ((IPEndPoint)_other.LocalEndpoint).Port;

    public void Dispose()
    {
        _other.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("--port", "--operator-port")]
    [InlineData("--operator-port", "--port")]
    public async Task A_node_whose_port_is_taken_has_not_opened_its_store(string taken, string free)
    {
        var (code, _, faults) = await NodeProcess.RunAsync(
            _directory.Path, null, "--node", "a", "--store", "sqlite:shared.db", "--cluster", taken, $"{Taken}", free, "0");

        code.ShouldBe(14);
        faults.ShouldBe([$"Cannot listen on localhost:{Taken}: the port is in use. Stop the program that has it, or choose another with {taken}."]);
        Directory.EnumerateFileSystemEntries(_directory.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_taken_port_for_peers_is_one_clear_line_and_the_node_has_joined_nothing()
    {
        var (code, output, faults) = await NodeProcess.RunAsync(
            _directory.Path, null, "--node", "a", "--store", "sqlite:shared.db", "--cluster", "--port", "0", "--peer-port", $"{Taken}");

        code.ShouldBe(14);
        faults.ShouldBe([$"Cannot listen on localhost:{Taken}: the port is in use. Stop the program that has it, or choose another with --peer-port."]);
        string.Join('\n', output).ShouldNotContain("   at ", customMessage: "a stack trace tells an operator nothing");
    }

    [Fact]
    public async Task An_address_for_peers_that_is_not_ours_is_one_clear_line()
    {
        // From the block for documentation (RFC 5737): no machine has it.
        var environment = new Dictionary<string, string>
        {
            ["REALTIME__CLUSTER__PEERADDRESS"] = "192.0.2.1",
            ["REALTIME__CLUSTER__SECRET"] = "a secret of this test",
        };
        var (code, _, faults) = await NodeProcess.RunAsync(
            _directory.Path, environment, "--store", "sqlite:shared.db", "--cluster", "--port", "0", "--peer-port", "7080");

        code.ShouldBe(15);
        faults.ShouldHaveSingleItem().ShouldStartWith("Cannot listen on 192.0.2.1:7080: ");
    }

    [Fact]
    public async Task A_lighthouse_whose_port_is_taken_has_not_opened_the_store()
    {
        await using var lighthouse = NodeProcess.StartLighthouse(
            _directory.Path, null, "--store", "sqlite:none/of/it.db", "--port", "0", "--operator-port", $"{Taken}");

        (await lighthouse.ExitAsync()).ShouldBe(14);
        lighthouse.Faults.ShouldBe([$"Cannot listen on localhost:{Taken}: the port is in use. Stop the program that has it, or choose another with --operator-port."]);
    }

    [Fact]
    public async Task Of_two_programs_that_bind_one_port_at_the_same_moment_only_one_listens()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere the second cannot even bind");
        var address = new ListeningAddress("127.0.0.1", FreePort.Take(), "--port");
        using var first = new BoundSockets([address]);
        using var second = new BoundSockets([address]);
        await first.StartingAsync(TestContext.Current.CancellationToken);
        await second.StartingAsync(TestContext.Current.CancellationToken);
        using var listening = first.Take(new IPEndPoint(IPAddress.Loopback, address.Port));

        Should.Throw<ListenFaultException>(() => second.Take(new IPEndPoint(IPAddress.Loopback, address.Port))).ExitCode.ShouldBe(14);
    }

    [Fact]
    public async Task A_taken_IPv6_loopback_is_a_taken_port()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "there is no IPv6 here");
        using var six = new TcpListener(IPAddress.IPv6Loopback, 0);
        six.Start();
        var port = ((IPEndPoint)six.LocalEndpoint).Port;
        var (code, _, faults) = await NodeProcess.RunAsync(_directory.Path, null, "--store", "sqlite:one.db", "--port", $"{port}", "--operator-port", "0");

        code.ShouldBe(14);
        faults.ShouldHaveSingleItem().ShouldContain($"localhost:{port}: the port is in use");
        Directory.EnumerateFileSystemEntries(_directory.Path).ShouldBeEmpty();
    }
}
