using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Sessions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Moves;

/// <summary>Sessions whose connections are on another node, and what moves, losses and cuts between the nodes do to them.</summary>
[Collection(ActorSystems.Name)]
public sealed class SessionMoveTests : IAsyncLifetime
{
    private static readonly TimeSpan Renewal = TimeSpan.FromMilliseconds(300);

    private readonly MoveStage _stage = new()
    {
        RenewEvery = Renewal, Sessions = new SessionPolicy { Grace = TimeSpan.FromSeconds(2) },
    };

    private MoveNode _first = null!;
    private MoveNode _second = null!;

    public async ValueTask InitializeAsync()
    {
        _first = await _stage.StartAsync("one");
        _second = await _stage.StartAsync("two");
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task A_session_that_moves_keeps_its_connection_its_state_and_its_subscriptions()
    {
        var client = await MoveClient.ConnectAsync(_first);
        await client.AskAsync("subscribe", "\"channel\":\"chat:room\",\"presence\":1");
        await client.AskAsync("set", "\"key\":\"a\",\"value\":1");
        _stage.SessionShards.MoveAll(_second.Address);
        await UntilAsync(client, info => info.History[^1].What is SessionChange.Adopted);

        (await client.AskAsync("set", "\"key\":\"b\",\"value\":2")).GetProperty("type").GetString().ShouldBe("reply");
        client.Lose();

        var again = await MoveClient.ConnectAsync(_second, client.Session);
        var welcome = again.Frames[0];
        welcome.GetProperty("resumed").GetBoolean().ShouldBeTrue();
        welcome.GetProperty("state").GetRawText().ShouldBe("""{"a":1,"b":2}""");
        welcome.GetProperty("subscriptions")[0].GetProperty("channel").GetString().ShouldBe("chat:room");
    }

    [Fact]
    public async Task When_the_session_s_node_is_lost_its_connection_attaches_again_and_repeats_what_is_unanswered()
    {
        var client = await HoldFromAfarAsync();
        await client.AskAsync("set", "\"key\":\"a\",\"value\":1");
        await _second.CutAsync(_first);
        var unanswered = client.Ask("set", "\"key\":\"b\",\"value\":2");

        await _second.KillAsync(_first);

        (await client.AnswerAsync(unanswered)).GetProperty("type").GetString().ShouldBe("reply");
        client.Closed.ShouldBeNull();
        var info = await InspectAsync(client);
        (info.Phase, info.StateKeys.Count).ShouldBe((SessionPhase.Attached, 2));
    }

    [Fact]
    public async Task When_the_connection_s_node_is_lost_the_session_waits_for_its_client_and_leaves_the_roster_after_its_grace()
    {
        var watcher = await MoveClient.ConnectAsync(_first);
        await watcher.AskAsync("subscribe", "\"channel\":\"chat:room\"");
        var client = await MoveClient.ConnectAsync(_second);
        await client.AskAsync("subscribe", "\"channel\":\"chat:room\",\"presence\":1");
        await watcher.UntilAsync("joined");

        await _second.KillAsync(_first);

        await UntilAsync(client, info => info.Phase is SessionPhase.Detached);
        await watcher.UntilAsync("left");
    }

    [Fact]
    public async Task A_session_that_is_lost_while_its_grace_runs_leaves_the_roster_all_the_same()
    {
        var watcher = await MoveClient.ConnectAsync(_first);
        await watcher.AskAsync("subscribe", "\"channel\":\"chat:room\"");
        var client = await HoldFromAfarAsync();
        await client.AskAsync("subscribe", "\"channel\":\"chat:room\",\"presence\":1");
        await watcher.UntilAsync("joined");

        // Its record is written with that; what was never written is known to nobody.
        await client.AskAsync("set", """ "key":"a","value":1 """);
        client.Lose();
        await UntilAsync(client, info => info.Phase is SessionPhase.Detached);

        await _second.KillAsync(_first);

        await watcher.UntilAsync("left");
        await UntilAsync(client, info => info.Phase is SessionPhase.Parked);
    }

    [Fact]
    public async Task A_connection_that_is_cut_off_from_its_session_is_taken_for_lost_and_goes_on_when_the_way_is_there_again()
    {
        var client = await HoldFromAfarAsync();
        await _second.CutAsync(_first);
        await Soon.IsTrueAsync(async () => (await InspectAsync(_second, client)).Phase is SessionPhase.Detached, "the session to give its holder up");

        await _second.HealAsync(_first);

        await Soon.IsTrueAsync(async () => (await InspectAsync(_second, client)).Phase is SessionPhase.Attached, "the connection to hold it again");
        client.Closed.ShouldBeNull();
        (await client.AskAsync("set", "\"key\":\"a\",\"value\":1")).GetProperty("type").GetString().ShouldBe("reply");
    }

    [Fact]
    public async Task Two_connections_of_one_session_on_two_nodes_end_with_the_newer_one()
    {
        var client = await HoldFromAfarAsync();
        var newer = await MoveClient.ConnectAsync(_second, client.Session);

        await Soon.IsTrueAsync(() => client.Closed is not null, "the older connection to be closed");
        (await newer.AskAsync("set", "\"key\":\"a\",\"value\":1")).GetProperty("type").GetString().ShouldBe("reply");
        newer.Closed.ShouldBeNull();
    }

    /// <summary>A client of the first node whose session is on the second.</summary>
    private async Task<MoveClient> HoldFromAfarAsync()
    {
        _stage.SessionShards.MoveAll(_second.Address);
        var client = await MoveClient.ConnectAsync(_first);
        await UntilAsync(client, info => info.History.Any(entry => entry.Node == new NodeId("one")) && info.Phase is SessionPhase.Attached);

        // Its shard begins on the first node when the second one's region is not known yet, and goes there later.
        await Soon.IsTrueAsync(() => _second.HostsAsync(client.Id), "the session to live on the second node");
        await UntilAsync(client, info => info.Phase is SessionPhase.Attached);
        return client;
    }

    private Task UntilAsync(MoveClient client, Func<SessionInfo, bool> holds) => client.UntilSessionAsync(_first, holds);

    private Task<SessionInfo> InspectAsync(MoveClient client) => client.InspectAsync(_first);

    private static Task<SessionInfo> InspectAsync(MoveNode at, MoveClient client) => client.InspectAsync(at);
}
