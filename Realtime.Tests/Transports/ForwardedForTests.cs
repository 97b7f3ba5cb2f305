using System.Net;
using Microsoft.Extensions.Primitives;
using Realtime.Node.Transports;

namespace Realtime.Tests.Transports;

/// <summary>Whose word on where a client is counts.</summary>
public sealed class ForwardedForTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.9")]
    [InlineData("169.254.1.1")]
    [InlineData("fd00::5")]
    [InlineData("fe80::5")]
    public void A_proxy_with_a_private_address_is_believed(string peer) =>
        Client(peer, "203.0.113.7").ShouldBe("203.0.113.7");

    [Theory]
    [InlineData("203.0.113.1")]
    [InlineData("172.32.0.1")]
    [InlineData("172.15.0.1")]
    [InlineData("11.0.0.1")]
    [InlineData("192.169.0.1")]
    [InlineData("2001:db8::1")]
    public void A_peer_from_elsewhere_is_not(string peer) =>
        Client(peer, "203.0.113.7").ShouldBe(peer);

    [Theory]
    [InlineData("203.0.113.7, 198.51.100.2", "198.51.100.2")]
    [InlineData("203.0.113.7,198.51.100.2:4711", "198.51.100.2")]
    [InlineData("[2001:db8::7]:4711", "2001:db8::7")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    [InlineData("203.0.113.7, unknown", "10.0.0.1")]
    [InlineData("", "10.0.0.1")]
    [InlineData("203.0.113.7,", "10.0.0.1")]
    public void Its_last_entry_is_the_client(string header, string client) =>
        Client("10.0.0.1", header).ShouldBe(client);

    [Fact]
    public void Without_the_header_it_is_the_peer_and_of_several_headers_the_last_counts()
    {
        Client("10.0.0.1").ShouldBe("10.0.0.1");
        Client("10.0.0.1", "203.0.113.7", "198.51.100.2").ShouldBe("198.51.100.2");
        ForwardedFor.Client(null, new StringValues("203.0.113.7")).ShouldBe(IPAddress.Parse("203.0.113.7"));
        ForwardedFor.Client(null, StringValues.Empty).ShouldBeNull();
    }

    private static string? Client(string peer, params string[] headers) =>
        ForwardedFor.Client(IPAddress.Parse(peer), new StringValues(headers))?.ToString();
}
