using System.Net;
using Microsoft.Extensions.Configuration;
using Realtime.Cluster.Journal.Memory;
using Realtime.Lighthouse;
using Realtime.Node.Configuration;

namespace Realtime.Tests.Lighthouse;

/// <summary>Who may ask at the operators' port, and what answers there.</summary>
public sealed class OperatorListenerTests
{
    private const string Key = "an-operator-key-of-the-test";
    private const string ViewKey = "a-view-key-of-the-test";

    [Fact]
    public async Task The_page_is_served_to_operators_with_its_headers_and_to_clients_not_at_all()
    {
        await using var rig = await LighthouseRig.StartAsync(await ClusterAsync());

        var (status, _, page) = await rig.GetAsync(rig.Operators + "/");
        status.ShouldBe(HttpStatusCode.OK);
        page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        page.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldContain("default-src 'self'");
        page.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        (await rig.GetAsync(rig.Operators + "/dashboard/app.js")).Status.ShouldBe(HttpStatusCode.OK);

        foreach (var path in new[] { "/", "/dashboard/app.js", "/operator/v1/cluster" })
        {
            (await rig.GetAsync(path)).Status.ShouldBe(HttpStatusCode.NotFound, path);
        }

        foreach (var path in new[] { "/v1/gateway", "/v1/cluster" })
        {
            (await rig.GetAsync(path)).Status.ShouldBe(HttpStatusCode.OK, path);
            (await rig.GetAsync(rig.Operators + path)).Status.ShouldBe(HttpStatusCode.NotFound, path);
        }
    }

    [Theory]
    [InlineData("Host", "rebound.example", 403)]
    [InlineData("Host", "127.0.0.1", 200)]
    [InlineData("Origin", "https://elsewhere.example", 403)]
    [InlineData("Origin", "null", 403)]
    public async Task Pages_of_others_may_not_ask_neither_by_origin_nor_by_a_name_of_their_own(string header, string value, int status)
    {
        await using var rig = await LighthouseRig.StartAsync(await ClusterAsync());

        var answer = await rig.OperateAsync("cluster", headers: (header, value));

        ((int)answer.Status).ShouldBe(status);
        (await rig.OperateAsync("cluster", headers: ("Origin", rig.Operators!))).Status.ShouldBe(HttpStatusCode.OK, "its own page may");
    }

    [Fact]
    public async Task With_keys_either_may_look_and_nobody_else()
    {
        await using var rig = await LighthouseRig.StartAsync(await ClusterAsync(), null, ("Operator:Key", Key), ("Operator:ViewKey", ViewKey));

        foreach (var key in new[] { Key, ViewKey })
        {
            var (status, _, response) = await rig.OperateAsync("cluster", key);
            status.ShouldBe(HttpStatusCode.OK);
            response.Headers.GetValues("Operator-Right").ShouldBe(["view"], "nothing can be done here, whatever the key may elsewhere");
        }

        await ShouldKeepOutAsync(rig);
        (await rig.GetAsync(rig.Operators + "/")).Status.ShouldBe(HttpStatusCode.OK, "the page is open: it asks for the key");
    }

    [Fact]
    public async Task A_view_key_alone_keeps_everybody_else_out()
    {
        await using var rig = await LighthouseRig.StartAsync(await ClusterAsync(), null, ("Operator:ViewKey", ViewKey));

        (await rig.OperateAsync("cluster", ViewKey)).Status.ShouldBe(HttpStatusCode.OK);
        await ShouldKeepOutAsync(rig);
    }

    [Fact]
    public async Task Who_has_guessed_too_often_is_told_to_wait_and_not_looked_at()
    {
        await using var rig = await LighthouseRig.StartAsync(await ClusterAsync(), null, ("Operator:Key", Key));
        for (var i = 0; i < 20; i++)
        {
            (await rig.OperateAsync("cluster", $"guess-number-{i:0000}")).Response.Headers.RetryAfter.ShouldBeNull();
        }

        var (status, _, response) = await rig.OperateAsync("cluster", Key);
        status.ShouldBe(HttpStatusCode.Unauthorized);
        rig.Clock.Advance(response.Headers.RetryAfter.ShouldNotBeNull().Delta!.Value);
        (await rig.OperateAsync("cluster", Key)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_the_listener_nothing_answers_operators_and_clients_are_answered_as_ever()
    {
        await using var rig = await LighthouseRig.StartAsync(await ClusterAsync(), null, ("Operator:Enabled", "false"));

        rig.Operators.ShouldBeNull();
        (await rig.GetAsync("/operator/v1/cluster")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await rig.GetAsync()).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Operator:Address", "*", "Lighthouse:Operator:ViewKey is needed, because operators are listened to on * and not on loopback only")]
    [InlineData("Operator:Address", "nowhere", "Lighthouse:Operator:Address must be localhost, * or an IP address, is 'nowhere'")]
    [InlineData("Operator:Key", "short", "Lighthouse:Operator:Key must be at least 16 bytes, is 5")]
    [InlineData("Operator:ViewKey", "has a space in the middle", "Lighthouse:Operator:ViewKey must be printable ASCII without spaces: it travels in a header")]
    [InlineData("Operator:Port", "8090", "Lighthouse:Operator:Port must be another than the clients' (8090)")]
    [InlineData("Operator:Port", "70000", "Lighthouse:Operator:Port must be between 0 and 65,535, is 70,000")]
    [InlineData("Port", "65000", "Lighthouse:Operator:Port is needed: the clients' port and 1000 make 66000, and there is no such port")]
    public void A_fault_names_its_option(string name, string value, string fault) =>
        Should.Throw<RealtimeConfigurationException>(() => Read((name, value))).Faults.ShouldBe([fault]);

    [Fact]
    public void The_port_is_a_thousand_above_the_clients_unless_it_is_said_or_chosen_by_the_system()
    {
        PortOf(("Port", "8091")).ShouldBe(9091);
        PortOf(("Port", "0")).ShouldBe(0);
        PortOf(("Port", "0"), ("Operator:Port", "7000")).ShouldBe(7000);
        Read(("Operator:Address", "*"), ("Operator:ViewKey", ViewKey)).Options.Operator.Policy().IsLoopback.ShouldBeFalse();

        static int PortOf(params (string, string)[] options)
        {
            var read = Read(options).Options;
            return read.Operator.Listening(read.Port).ChosenPort;
        }
    }

    [Fact]
    public void No_key_is_printed()
    {
        var options = Read(("Operator:Key", "canary-operator-key"), ("Operator:ViewKey", "canary-view-key-0")).Options;
        var lines = EffectiveConfiguration.Lines(LighthouseOptions.Section, options).ToList();

        lines.ShouldContain("Lighthouse:Operator:Key = ********");
        string.Join('\n', [.. lines, options.Operator.Listening(1).ToString(), options.Operator.Policy().ToString()]).ShouldNotContain("canary");
    }

    [Fact]
    public async Task Arguments_nobody_knows_are_told_and_end_it_with_2()
    {
        var faults = new StringWriter();

        (await LighthouseCommandLine.RunAsync(["--prot", "1"], TextWriter.Null, faults)).ShouldBe(ExitCodes.BadConfiguration);

        faults.ToString().ShouldContain("--prot");
        faults.ToString().TrimEnd().ShouldEndWith("See --help.");
    }

    private static async Task<MemoryStore> ClusterAsync()
    {
        var store = await LighthouseRig.FoundAsync();
        await LighthouseRig.JoinAsync(store, "a", 0);
        return store;
    }

    private static async Task ShouldKeepOutAsync(LighthouseRig rig)
    {
        foreach (var key in new[] { null, "some-other-key-of-the-test" })
        {
            var (status, body, response) = await rig.OperateAsync("cluster", key);
            status.ShouldBe(HttpStatusCode.Unauthorized);
            ((string)body!["error"]!).ShouldBe("unauthorized");
            response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
            response.Headers.Contains("Operator-Right").ShouldBeFalse();
            (await rig.OperateAsync("events", key)).Status.ShouldBe(HttpStatusCode.Unauthorized, "what there is not is nobody's business either");
        }
    }

    private static LighthouseConfiguration Read(params (string Name, string Value)[] options) => LighthouseConfiguration.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(options.Select(option => KeyValuePair.Create("Lighthouse:" + option.Name, (string?)option.Value))).Build());
}
