using Realtime.Messages.Operators;
using static Realtime.Tests.Pbm.PlayedApi;

namespace Realtime.Tests.Pbm;

/// <summary>Every verb: what it asks, what it shows to people, what it gives to programs.</summary>
public sealed class VerbTests
{
    private const string Session = PlayedCluster.SessionId;

    /// <summary>Verb, what it asks, words its text has.</summary>
    public static TheoryData<string, string, string[]> Looks => new()
    {
        { "cluster show", "GET cluster", ["node-1", "draining", "active, no answer", "4,096", "12.4k", "postgres db.internal/realtime", "coordinator", "paused on node-1", "lighthouse-1", "its row stands still"] },
        { "cluster-sharding list", "GET cluster", ["session", "4,200", "channel", "680", "2,048"] },
        { "cluster-sharding regions", "GET cluster", ["node-2", "450", "LEAVING", "1,024", "CHANNEL SHARDS"] },
        { "cluster-sharding shards", "GET shards", ["session", "17", "moving", "channel", "nobody", "free"] },
        { "cluster-sharding locate --channel chat:lobby", "GET shards/locate", ["chat:lobby", "99", "node-1"] },
        { $"session show {Session}", $"GET sessions/{Session}", [Session, "ada", "shard 17", "connection-812 on node-2, relayed", "catching-up", "a1:40", "opened", "2026-03-01 22:15:35Z"] },
        { "session list", "GET sessions", [Session, "ada", "attached"] },
        { "channel show chat:lobby", "GET channels/chat%3Alobby", ["chat:lobby", "a1:45", "a1:1", "3.5 publishes/s", "2 publishes waiting", "node-3", "ada"] },
        { "channel list", "GET channels", ["chat:lobby", "Journal", "a1:45", "3.5"] },
        { "node show node-1", "GET nodes/node-1", ["node-1", "1 d 2 h", "512.0 MiB", "75 % of a core", "p99 8.3 ms"] },
        { "node show", "GET nodes/node-1", ["node-1", "serving"] },
        { "config show node-2", "GET nodes/node-2/config", ["Realtime:Auth:Issuer = here"] },
        { "audit", "GET audit", ["node.drain", "key (ada@desk)", "200"] },
        { "log level", "GET cluster", ["node-1", "information"] },
        { "cluster tail --lines 2", "GET events", ["joined", "12 shards moved from node-2"] },
        { "log tail node-1 --lines 2", "GET nodes/node-1/log", ["info", "Node ready", "warn", "Store is slow"] },
        { $"session tail {Session} --lines 2", $"GET sessions/{Session}", ["opened", "attached", "number 3"] },
        { "channel tail chat:lobby --lines 2", "GET channels/chat%3Alobby/messages", ["a1:44", """{"text":"hello"}""", "42"] },
    };

    /// <summary>Verb, what it asks, the body of that.</summary>
    public static TheoryData<string, string, string> Actions => new()
    {
        { "node drain node-2", "POST nodes/node-2/drain", "" },
        { "node undrain node-2", "POST nodes/node-2/undrain", "" },
        { "cluster leave node-2 --yes", "POST nodes/node-2/leave", "" },
        { "cluster down node-2 --yes", "POST nodes/node-2/evict", """{"force":false}""" },
        { "cluster down node-2 --force --yes", "POST nodes/node-2/evict", """{"force":true}""" },
        { "cluster-sharding move 17 --kind session --to node-1", "POST shards/session/17/move", """{"to":"node-1"}""" },
        { "cluster-sharding rebalance", "POST shards/rebalance", "" },
        { "cluster-sharding pause", "POST shards/pause", """{"seconds":3600}""" },
        { "cluster-sharding pause --for 30m", "POST shards/pause", """{"seconds":1800}""" },
        { "cluster-sharding resume", "POST shards/resume", "" },
        { $"session kick {Session} --yes", $"POST sessions/{Session}/disconnect", """{"reconnect":false,"reason":null}""" },
        { $"session kick {Session} --reconnect --reason load -y", $"POST sessions/{Session}/disconnect", """{"reconnect":true,"reason":"load"}""" },
        { "channel publish chat:lobby [1,2]", "POST channels/chat%3Alobby/messages", """{"data":[1,2]}""" },
        { "channel publish chat:lobby a\"b --text", "POST channels/chat%3Alobby/messages", """{"data":"a\u0022b"}""" },
        { "log level debug --node node-1 --for 10m", "PUT nodes/node-1/log/level", """{"level":"debug","category":null,"seconds":600}""" },
    };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task A_look_asks_and_shows(string verb, string target, string[] words)
    {
        await using var api = await StartWholeAsync();

        var run = await PbmRun.Of(api, verb.Split(' '));

        run.Code.ShouldBe(0, run.Error);
        api.Requests.ShouldContain(request => request.Target == target);
        api.Requests.ShouldAllBe(request => request.Operator == PbmRun.Operator);
        foreach (var word in words)
        {
            run.Output.ShouldContain(word, Case.Sensitive);
        }
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task A_look_with_json_is_what_the_api_said(string verb, string target, string[] _)
    {
        await using var api = await StartWholeAsync();

        var run = await PbmRun.Of(api, [.. verb.Split(' '), "--json"]);

        run.Code.ShouldBe(0, run.Error);
        run.Output.Trim().ShouldBe(Expected(verb, target));
        run.Error.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task An_action_asks_and_says_what_became_of_it(string verb, string target, string body)
    {
        await using var api = await StartWholeAsync();
        if (target.StartsWith("POST shards/session/17", StringComparison.Ordinal))
        {
            api.Answer(target, PlayedCluster.Done);
        }

        var text = await PbmRun.Of(api, verb.Split(' '));
        var json = await PbmRun.Of(api, [.. verb.Split(' '), "--json"]);

        text.Code.ShouldBe(0, text.Error);
        text.Output.Trim().ShouldBeOneOf(PlayedCluster.Done.Text, "Published at a1:46.");
        json.Code.ShouldBe(0, json.Error);
        json.Output.Trim().ShouldBeOneOf(Json(PlayedCluster.Done), Json(new OperatorActions.Published("a1:46")));
        var asked = api.Requests.Where(request => request.Target == target).ToList();
        asked.Count.ShouldBe(2);
        asked.ShouldAllBe(request => request.Body == body && request.Operator == PbmRun.Operator);
    }

    [Fact]
    public async Task Lists_pass_on_what_to_look_for()
    {
        await using var api = await StartWholeAsync();

        await PbmRun.Of(api, "session", "list", "--user", "a b", "--node", "node-1", "--state", "detached", "--after", "x", "--limit", "7");
        await PbmRun.Of(api, "channel", "list", "--prefix", "chat:", "--node", "node-1");
        await PbmRun.Of(api, "cluster-sharding", "shards", "--kind", "channel", "--state", "moving");

        api.Single("GET sessions").Query.ShouldBe("?user=a%20b&node=node-1&state=detached&after=x&limit=7");
        api.Single("GET channels").Query.ShouldBe("?prefix=chat%3A&node=node-1&limit=100");
        api.Single("GET shards").Query.ShouldBe("?kind=channel&state=moving&limit=100");
    }

    [Fact]
    public async Task All_of_a_list_is_read_page_by_page_into_one_document()
    {
        await using var api = await StartAsync();
        api.Answer("GET sessions", request => (200, Json(request.Query.Contains("after=one", StringComparison.Ordinal)
            ? new SessionPage([PlayedCluster.Session with { Id = "two" }], null, ["node-2"])
            : new SessionPage([PlayedCluster.Session with { Id = "one" }], "one", ["node-3"]))));

        var all = await PbmRun.Of(api, "session", "list", "--all", "--json");
        var page = await PbmRun.Of(api, "session", "list", "--limit", "1");

        all.Output.Trim().ShouldBe(Json(new SessionPage([PlayedCluster.Session with { Id = "one" }, PlayedCluster.Session with { Id = "two" }], null, ["node-3", "node-2"])));
        page.Output.ShouldNotContain("two");
        page.Error.ShouldContain("--after one");
    }

    [Fact]
    public async Task What_is_missing_is_said_on_standard_error()
    {
        await using var api = await StartWholeAsync();

        (await PbmRun.Of(api, "session", "list")).Error.ShouldContain("No answer from node-3");
    }

    [Fact]
    public async Task A_message_comes_from_standard_input_too()
    {
        await using var api = await StartWholeAsync();

        var run = await PbmRun.Of(api, static around => around with { Input = new StringReader("""{"a":1}""") }, "channel", "publish", "chat:lobby", "-");

        run.Code.ShouldBe(0, run.Error);
        api.Single("POST channels/chat%3Alobby/messages").Body.ShouldBe("""{"data":{"a":1}}""");
    }

    [Fact]
    public async Task Some_nodes_of_an_action_failing_is_not_done()
    {
        await using var api = await StartAsync();
        api.Answer("POST shards/rebalance", new ActionResult(true, "planned on 1 of 2 nodes", [new("node-1", true, null), new("node-2", false, "no answer")]));

        var run = await PbmRun.Of(api, "cluster-sharding", "rebalance");

        run.Code.ShouldBe(7);
        run.Output.ShouldContain("node-2: no answer");
    }

    [Fact]
    public async Task Several_shards_are_moved_one_by_one_and_each_is_told()
    {
        await using var api = await StartWholeAsync();
        api.Refuse("POST shards/session/19/move", 409, "conflict", "Shard 19 is moving already.");

        var run = await PbmRun.Of(api, "cluster-sharding", "move", "17-18", "19", "--kind", "session", "--to", "node-1", "--yes");

        run.Code.ShouldBe(7);
        run.Output.ShouldContain("2 of 3 session shards on the way to node-1");
        run.Output.ShouldContain("session shard 19: Shard 19 is moving already.");
    }

    private static string Expected(string verb, string target) => target switch
    {
        "GET sessions/" + Session => verb.Contains("tail", StringComparison.Ordinal) ? Lines(PlayedCluster.SessionReport.History) : Json(PlayedCluster.SessionReport),
        "GET cluster" => Json(PlayedCluster.Cluster),
        "GET shards" => Json(PlayedCluster.Shards),
        "GET shards/locate" => Json(new ShardLocation("channel", "chat:lobby", 99, "node-1")),
        "GET sessions" => Json(new SessionPage([PlayedCluster.Session], null, ["node-3"])),
        "GET channels" => Json(new ChannelPage([PlayedCluster.Channel], null, [])),
        "GET channels/chat%3Alobby" => Json(PlayedCluster.ChannelReport),
        "GET nodes/node-1" => Json(PlayedCluster.Node1),
        "GET nodes/node-2/config" => Json(PlayedCluster.Configuration with { Node = "node-2" }),
        "GET audit" => Json(PlayedCluster.Audit),
        "GET events" => Lines(PlayedCluster.Events.Events),
        "GET nodes/node-1/log" => Lines(PlayedCluster.Log.Lines),
        "GET channels/chat%3Alobby/messages" => Lines(PlayedCluster.Messages.Messages),
        _ => throw new InvalidOperationException($"{target} has no recorded answer"),
    };

    private static string Lines<T>(IEnumerable<T> items) => string.Join(Environment.NewLine, items.Select(Json));
}
