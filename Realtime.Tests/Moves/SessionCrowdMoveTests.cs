using Realtime.Messages.Entities;

namespace Realtime.Tests.Moves;

/// <summary>Very many sessions that move at once.</summary>
[Collection(ActorSystems.Name)]
public sealed class SessionCrowdMoveTests : IAsyncLifetime
{
    private const int Count = 5000;
    private const int Asking = 50;
    private const int Rounds = 4;

    private readonly MoveStage _stage = new();
    private MoveNode _first = null!;
    private MoveNode _second = null!;

    public async ValueTask InitializeAsync()
    {
        _first = await _stage.StartAsync("one");
        _second = await _stage.StartAsync("two");
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task Thousands_of_held_sessions_move_at_once_and_keep_their_connections_their_state_and_what_was_acknowledged()
    {
        var clients = new MoveClient[Count];
        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => clients[i] = await MoveClient.ConnectAsync(_first));
        var asking = clients[..Asking];
        foreach (var client in asking)
        {
            await client.AskAsync("subscribe", """ "channel":"chat:room" """);
        }

        var position = (await asking[0].AskAsync("publish", """ "channel":"chat:room","data":1 """)).GetProperty("position").GetString();
        foreach (var client in asking)
        {
            await client.UntilAsync("message");
            client.Send($$$"""{"type":"ack","positions":{"chat:room":"{{{position}}}"}}""");
        }

        _stage.SessionShards.MoveAll(_second.Address);
        var requests = new List<Task>();
        for (var round = 0; round < Rounds; round++)
        {
            requests.AddRange(asking.Select(client => SetAsync(client, round)));
            await requests[^1];
        }

        foreach (var client in clients)
        {
            await client.UntilSessionAsync(
                _second, info => info.Phase is SessionPhase.Attached && info.History.Any(entry => entry.What is SessionChange.Adopted));
        }

        await Task.WhenAll(requests);
        clients.ShouldAllBe(client => client.Closed == null);
        foreach (var client in asking[..20])
        {
            client.Lose();
            var welcome = (await MoveClient.ConnectAsync(_second, client.Session)).Frames[0];
            welcome.GetProperty("resumed").GetBoolean().ShouldBeTrue();
            welcome.GetProperty("subscriptions")[0].GetProperty("position").GetString().ShouldBe(position);
            welcome.GetProperty("state").GetRawText().ShouldBe("""{"k0":0,"k1":1,"k2":2,"k3":3}""");
        }
    }

    /// <summary>As a client does: what could not be answered in time is asked again. On a machine that is not busy nothing is.</summary>
    private static async Task SetAsync(MoveClient client, int round)
    {
        while (MoveClient.TypeOf(await client.AskAsync("set", $""" "key":"k{round}","value":{round} """)) != "reply")
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
