using System.Net;
using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Gateway;

namespace Realtime.Tests.Lighthouse;

public sealed class WaitingRoomTests
{
    private const string AtA = "wss://a.example/v1/connect";
    private const string AtB = "wss://b.example/v1/connect";

    [Fact]
    public async Task A_resume_is_sent_to_the_owner_of_its_session_with_a_ticket_for_that_node()
    {
        var store = await LighthouseRig.FoundAsync();
        var a = await LighthouseRig.JoinAsync(store, "a", 0);
        var b = await LighthouseRig.JoinAsync(store, "b", 1);
        await using var rig = await LighthouseRig.StartAsync(store);
        var tickets = new ConnectTickets((await store.OpenAsync(LighthouseRig.Cancellation)).TokenKeys);

        foreach (var (owner, name, url) in new[] { (a, "a", AtA), (b, "b", AtB) })
        {
            var (_, answer, response) = await rig.GetAsync(token: await LighthouseRig.TokenAsync(store, owner));

            ((string?)answer!["url"]).ShouldBe(url);
            tickets.Check((string?)answer["ticket"], new NodeId(name), rig.Clock.GetUtcNow(), out _).ShouldBe(TicketVerdict.Valid);
            response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_new_session_goes_where_there_is_room_whatever_token_of_others_it_brings()
    {
        var store = await LighthouseRig.FoundAsync();
        var a = await LighthouseRig.JoinAsync(store, "a", 0, capacity: 100, load: 90);
        await LighthouseRig.JoinAsync(store, "b", 1, capacity: 1000, load: 500);
        await using var rig = await LighthouseRig.StartAsync(store);
        var elsewhere = await LighthouseRig.FoundAsync();
        var stranger = await LighthouseRig.TokenAsync(elsewhere, await LighthouseRig.JoinAsync(elsewhere, "a", 0));

        foreach (var token in new[] { null, "", "nonsense", new string('A', ResumeTokens.TextLength), stranger })
        {
            (await rig.AskTenTimesAsync(token)).Urls.ShouldBe([AtB]);
        }

        (await rig.AskTenTimesAsync(await LighthouseRig.TokenAsync(store, a))).Urls.ShouldBe([AtA], "the owner is asked for, however full it is");
    }

    [Fact]
    public async Task Nodes_that_drain_or_are_dead_are_not_named_and_nobody_is_when_there_is_none()
    {
        var store = await LighthouseRig.FoundAsync();
        var a = await LighthouseRig.JoinAsync(store, "a", 0, capacity: 1000);
        var b = await LighthouseRig.JoinAsync(store, "b", 1);
        await using var rig = await LighthouseRig.StartAsync(store);
        var ofA = await LighthouseRig.TokenAsync(store, a);
        (await rig.AskTenTimesAsync(ofA)).Urls.ShouldBe([AtA]);

        await store.DrainAsync(a, true, LighthouseRig.Cancellation);
        await rig.LookAsync();
        (await rig.AskTenTimesAsync()).Urls.ShouldBe([AtB]);
        (await rig.AskTenTimesAsync(ofA)).Urls.ShouldBe([AtB]);

        await store.EvictAsync(a, b, 1, LighthouseRig.Cancellation);
        await rig.LookAsync();
        var (status, _, response) = await rig.GetAsync(token: ofA);
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 5);
    }

    [Fact]
    public async Task Where_nodes_have_no_addresses_clients_are_sent_to_the_load_balancer()
    {
        var store = await LighthouseRig.FoundAsync();
        await LighthouseRig.JoinAsync(store, "a", 0, open: false);
        await using var rig = await LighthouseRig.StartAsync(store, null, ("ClientUrl", "wss://all.example/"));

        var (_, answer, _) = await rig.GetAsync();

        answer!.ToJsonString().ShouldBe("""{"url":"wss://all.example/v1/connect","notBefore":0}""");
    }

    [Fact]
    public async Task Before_it_has_seen_a_cluster_clients_are_told_to_come_again_and_it_is_not_ready()
    {
        var store = new Realtime.Cluster.Journal.Memory.MemoryStore(TimeProvider.System);
        await using var rig = await LighthouseRig.StartAsync(store, new StoreUnavailableException("no route"));

        await ExpectNothingAsync("no route");
        rig.Watched.Fault = null;
        await rig.LookAsync();
        await ExpectNothingAsync("no cluster has been founded");

        await store.FoundAsync(new ClusterCharter(LighthouseRig.Shards, 1), LighthouseRig.Cancellation);
        await LighthouseRig.JoinAsync(store, "a", 0);
        await rig.LookAsync();
        (await rig.AskTenTimesAsync()).Urls.ShouldBe([AtA]);
        (await rig.GetAsync("/health/ready")).Status.ShouldBe(HttpStatusCode.OK);

        async Task ExpectNothingAsync(string fault)
        {
            var (status, _, response) = await rig.GetAsync();
            status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            response.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 5);
            (await rig.GetAsync("/health/ready")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await rig.GetAsync("/health/live")).Status.ShouldBe(HttpStatusCode.OK);
            var (_, cluster, _) = await rig.GetAsync("/v1/cluster");
            cluster!["version"].ShouldBeNull();
            ((string)cluster["store"]!["fault"]!).ShouldContain(fault);
        }
    }

    [Fact]
    public async Task A_herd_is_given_places_in_time_and_the_rest_of_it_is_told_to_ask_again()
    {
        var store = await LighthouseRig.FoundAsync();
        await LighthouseRig.JoinAsync(store, "a", 0);
        await using var rig = await LighthouseRig.StartAsync(store, null, ("GatewayRequests", "2"));
        var waits = new List<int>();
        var away = new List<int>();
        for (var i = 0; i < 40; i++)
        {
            var (status, body, response) = await rig.GetAsync();
            (status == HttpStatusCode.OK ? waits : away).Add(
                status == HttpStatusCode.OK ? (int)body!["notBefore"]! : (int)response.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        }

        waits.ShouldBe([.. Enumerable.Repeat(0, 8), .. Enumerable.Range(1, 20).Select(i => i * 500)]);
        away.Count.ShouldBe(12);
        away.ShouldAllBe(seconds => seconds >= 1 && seconds <= 20);
        away.Distinct().Count().ShouldBeGreaterThan(1, "or they would all come at once again");
    }

    [Theory]
    [InlineData("https://app.example", HttpStatusCode.OK)]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    public async Task Pages_may_ask_whose_origin_is_configured(string origin, HttpStatusCode expected)
    {
        var store = await LighthouseRig.FoundAsync();
        await LighthouseRig.JoinAsync(store, "a", 0);
        await using var rig = await LighthouseRig.StartAsync(store, null, ("Origins", "https://app.example"));

        var (status, _, response) = await rig.GetAsync(headers: ("Origin", origin));
        status.ShouldBe(expected);
        var allowed = response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;
        allowed.ShouldBe(expected is HttpStatusCode.OK ? origin : null);

        (await rig.GetAsync(method: HttpMethod.Options, headers: ("Origin", origin))).Status
            .ShouldBe(expected is HttpStatusCode.OK ? HttpStatusCode.NoContent : HttpStatusCode.Forbidden);
    }
}
