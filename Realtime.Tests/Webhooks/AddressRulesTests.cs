using System.Net;
using Realtime.Node.Webhooks.Http;

namespace Realtime.Tests.Webhooks;

/// <summary>To which addresses webhooks connect.</summary>
public sealed class AddressRulesTests
{
    private static readonly AddressRules Strict = new(allowsLoopback: false, allowsPrivate: false, []);

    [Theory]
    [InlineData("93.184.215.14")]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::101:101")]
    public void A_public_address_is_allowed(string address) => Strict.Allows(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("192.0.2.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.51.100.7")]
    [InlineData("203.0.113.9")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::a00:1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("3fff::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Any_other_address_is_refused(string address) => Strict.Allows(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("10.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    public void With_loopback_alone_nothing_else_is_allowed(string address, bool isAllowed) =>
        new AddressRules(allowsLoopback: true, allowsPrivate: false, []).Allows(IPAddress.Parse(address)).ShouldBe(isAllowed);

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("169.254.169.254", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("64:ff9b::a9fe:a9fe", false)]
    [InlineData("fd00:ec2::254", false)]
    public void With_private_addresses_those_of_metadata_are_refused_all_the_same(string address, bool isAllowed) =>
        new AddressRules(allowsLoopback: false, allowsPrivate: true, []).Allows(IPAddress.Parse(address)).ShouldBe(isAllowed);

    [Theory]
    [InlineData("10.2.3.4", true)]
    [InlineData("::ffff:10.2.3.4", true)]
    [InlineData("10.3.0.1", false)]
    [InlineData("fd12::5", true)]
    public void A_network_on_the_list_is_allowed_and_its_neighbour_is_not(string address, bool isAllowed) =>
        new AddressRules(allowsLoopback: false, allowsPrivate: false, [IPNetwork.Parse("10.2.0.0/16"), IPNetwork.Parse("fd12::/16")]).Allows(IPAddress.Parse(address)).ShouldBe(isAllowed);
}
