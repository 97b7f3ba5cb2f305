using Microsoft.Extensions.Configuration;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;

namespace Realtime.Tests.Operations;

public sealed class OperatorOptionsTests
{
    [Fact]
    public void The_port_is_a_thousand_above_the_clients_unless_it_is_said_or_chosen_by_the_system()
    {
        Read(("Port", "8080")).Settings.Operator!.Port.ShouldBe(9080);
        Read(("Port", "0")).Settings.Operator!.Port.ShouldBe(0);
        Read(("Port", "8080"), ("Operator:Port", "7000")).Settings.Operator!.Port.ShouldBe(7000);
        Read(("Operator:Enabled", "false")).Settings.Operator.ShouldBeNull();
    }

    [Theory]
    [InlineData("Operator:Address", "*", "Realtime:Operator:Key is needed, because operators are listened to on * and not on loopback only")]
    [InlineData("Operator:Address", "10.0.0.1", "Realtime:Operator:Key is needed, because operators are listened to on 10.0.0.1 and not on loopback only")]
    [InlineData("Operator:Address", "nowhere", "Realtime:Operator:Address must be localhost, * or an IP address, is 'nowhere'")]
    [InlineData("Operator:Key", "short", "Realtime:Operator:Key must be at least 16 bytes, is 5")]
    [InlineData("Operator:Key", "has a space in the middle", "Realtime:Operator:Key must be printable ASCII without spaces: it travels in a header")]
    [InlineData("Operator:ViewKey", "a-view-key-of-the-test", "Realtime:Operator:ViewKey limits nobody without Key: everybody on this machine may do everything")]
    [InlineData("Operator:Port", "8080", "Realtime:Operator:Port must be another than the clients' (8080)")]
    [InlineData("Operator:Port", "70000", "Realtime:Operator:Port must be between 0 and 65,535, is 70,000")]
    [InlineData("Port", "65000", "Realtime:Operator:Port is needed: the clients' port and 1000 make 66000, and there is no such port")]
    public void A_fault_names_its_option(string name, string value, string fault) =>
        Should.Throw<RealtimeConfigurationException>(() => Read((name, value))).Faults.ShouldBe([fault]);

    [Fact]
    public void The_same_key_for_both_rights_is_a_fault() => Should.Throw<RealtimeConfigurationException>(() => Read(
        ("Operator:Key", "a-key-for-everything"), ("Operator:ViewKey", "a-key-for-everything"))).Faults.ShouldHaveSingleItem().ShouldStartWith("Realtime:Operator:ViewKey");

    [Fact]
    public void No_secret_is_in_the_effective_configuration()
    {
        var configuration = Read(
            ("Operator:Key", "canary-operator-key"), ("Operator:ViewKey", "canary-view-key-0"), ("Auth:DevelopmentKey", "canary-development-key-of-32-bytes"),
            ("Store", "postgres://user:canary-password@localhost:5432/db"));
        var lines = configuration.Effective().ToDictionary();

        lines["Realtime:Operator:Key"].ShouldBe("********");
        lines["Realtime:Store"].ShouldContain("localhost");
        string.Join('\n', lines.Values).ShouldNotContain("canary");
    }

    private static NodeConfiguration Read(params (string Name, string Value)[] options) => NodeConfiguration.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(options.Select(option => KeyValuePair.Create("Realtime:" + option.Name, (string?)option.Value))).Build());
}
