using System.Net;
using System.Net.Sockets;

namespace Realtime.Tests.Support;

public sealed class FreePortTests
{
    [Fact]
    public void A_port_is_given_once_however_many_ask_at_the_same_time()
    {
        var ports = new int[200];
        Parallel.For(0, ports.Length, i => ports[i] = FreePort.Take());

        ports.Distinct().Count().ShouldBe(ports.Length);
    }

    [Fact]
    public void A_port_that_was_given_is_locked_against_other_test_runs()
    {
        var port = FreePort.Take();

        FreePort.TryLock(port).ShouldBeNull();
        FreePort.IsFree(port).ShouldBeTrue("nobody listens there yet");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void A_port_that_somebody_listens_on_is_not_free_whatever_the_address(string address)
    {
        Assert.SkipUnless(address.Contains('.', StringComparison.Ordinal) || Socket.OSSupportsIPv6, "there is no IPv6 here");
        var port = FreePort.Take();
        using var other = new TcpListener(IPAddress.Parse(address), port);
        other.Start();

        FreePort.IsFree(port).ShouldBeFalse();
    }

    [Fact]
    public void A_port_is_never_one_that_an_outgoing_connection_could_be_given()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux says which these are");
        var range = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToList();
        Assert.SkipUnless(range[0] > 20_000, "there are too few others here");

        Enumerable.Range(0, 50).Select(_ => FreePort.Take()).ShouldAllBe(port => port < range[0] || port > range[1]);
    }
}
