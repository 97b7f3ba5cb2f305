using System.Net;
using Microsoft.Extensions.Configuration;
using Realtime.Node.Configuration;
using Realtime.Node.Connections;
using Realtime.Node.Hosting.Configuration;

namespace Realtime.Tests.Hosting;

/// <summary>What an operator may say of limits.</summary>
public sealed class LimitOptionsTests
{
    [Fact]
    public void Nothing_written_gives_the_documented_defaults()
    {
        var limits = Read();
        limits.ShouldBe(new LimitsPolicy { TrustedProxies = limits.TrustedProxies });
        limits.TrustedProxies.ShouldBeEmpty();
    }

    [Fact]
    public void Sockets_without_a_welcome_are_a_share_of_all_sockets_unless_it_is_said()
    {
        Read(("MaxConnections", "100")).UnauthenticatedSockets.ShouldBe(40);
        Read(("MaxConnections", "1")).UnauthenticatedSockets.ShouldBe(1);
        Read(("MaxConnections", "100"), ("Limits:UnauthenticatedSockets", "7")).UnauthenticatedSockets.ShouldBe(7);
    }

    [Fact]
    public void Trusted_proxies_are_addresses_and_networks()
    {
        Read(("Limits:TrustedProxies", "10.0.0.7, 192.168.0.0/16, 2001:db8::/32, ::1")).TrustedProxies
            .ShouldBe([IPNetwork.Parse("10.0.0.7/32"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("::1/128")]);
        Read(("Limits:TrustedProxies:0", "10.0.0.7")).TrustedProxies.ShouldHaveSingleItem().Contains(IPAddress.Parse("10.0.0.8")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("Limits:TrustedProxies", "10.0.0.0/8, proxy.example", "Realtime:Limits:TrustedProxies:1 must be an IP address or a network such as 10.0.0.0/8, is 'proxy.example'")]
    [InlineData("Limits:TrustedProxies", "10.0.0.7/8", "Realtime:Limits:TrustedProxies:0 must be an IP address or a network such as 10.0.0.0/8, is '10.0.0.7/8'")]
    [InlineData("Limits:User:Requests", "9000", "Realtime:Limits:User:RequestBurst must not be less than Requests (9000), is 8000")]
    [InlineData("Limits:Address:HandshakeBurst", "100", "Realtime:Limits:Address:HandshakeBurst must not be less than Handshakes (500), is 100")]
    [InlineData("Limits:Address:Sockets", "0", "Realtime:Limits:Address:Sockets must be between 1 and 1,000,000, is 0")]
    [InlineData("Limits:User:Bytes", "1", "Realtime:Limits:User:Bytes must be between 1KiB and 64GiB, is 1")]
    [InlineData("Limits:UnauthenticatedBytes", "64KiB", null)]
    [InlineData("Limits:Remembered", "10", "Realtime:Limits:Remembered must be between 100 and 10,000,000, is 10")]
    [InlineData("Limits:ConnectionBytes", "1", "Realtime:Limits:ConnectionBytes must be between 1KiB and 1GiB, is 1")]
    [InlineData("Limits:Users:Sockets", "1", "Realtime:Limits:Users is not an option; is User meant?")]
    [InlineData("Api:Keys:one:MessagesPerSecond", "0", "Realtime:Api:Keys:one:MessagesPerSecond must be between 1 and 10,000,000, is 0")]
    [InlineData("Api:Keys:one:BytesPerSecond", "10", "Realtime:Api:Keys:one:BytesPerSecond must be between 1KiB and 64GiB, is 10")]
    [InlineData("Api:Keys:one:RequestsAtOnce", "0", "Realtime:Api:Keys:one:RequestsAtOnce must be between 1 and 100,000, is 0")]
    public void A_fault_is_named_with_its_field(string option, string value, string? fault)
    {
        (string, string) key = ("Api:Keys:one:Secret", "0123456789abcdef0123456789abcdef");
        (string, string) scopes = ("Api:Keys:one:Scopes", "read");
        if (fault is null)
        {
            Read(key, scopes, (option, value));
        }
        else
        {
            Should.Throw<RealtimeConfigurationException>(() => Read(key, scopes, (option, value))).Faults.ShouldBe([fault]);
        }
    }

    [Fact]
    public void A_hello_fits_into_what_all_of_them_have() => Should.Throw<RealtimeConfigurationException>(
        () => Read(("Connections:HelloBytes", "128KiB"), ("Limits:UnauthenticatedBytes", "64KiB"))).Faults
            .ShouldBe(["Realtime:Limits:UnauthenticatedBytes must hold at least one hello (Connections:HelloBytes is 128KiB), is 64KiB"]);

    private static LimitsPolicy Read(params (string Key, string Value)[] options) => NodeConfiguration.Read(
        new ConfigurationBuilder().AddInMemoryCollection(options.Select(option => KeyValuePair.Create("Realtime:" + option.Key, (string?)option.Value))).Build()).Settings.Limits;
}
