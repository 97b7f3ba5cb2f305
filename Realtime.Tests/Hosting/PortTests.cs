using System.Net;
using System.Net.Sockets;
using Realtime.Node.Configuration;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting;

/// <summary>A program takes its ports before it does anything else: what cannot listen has touched no store.</summary>
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
            _directory.Path, null, "--node", "a", "--store", "sqlite:shared.db", taken, $"{Taken}", free, "0");

        code.ShouldBe(14);
        faults.ShouldBe([$"Cannot listen on localhost:{Taken}: the port is in use. Stop the program that has it, or choose another with {taken}."]);
        Directory.EnumerateFileSystemEntries(_directory.Path).ShouldBeEmpty();
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
