using System.Net;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Node.Hosting;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Hosting;

/// <summary>A node inside an application drains or fills its store: each test has its own.</summary>
[Collection(ActorSystems.Name)]
public sealed class EmbeddedNodeEndTests : IAsyncLifetime
{
    private readonly EmbeddedNode _node = new();

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task The_application_s_actor_system_and_the_node_s_know_nothing_of_each_other()
    {
        var own = _node.Services.GetRequiredService<ActorSystem>();
        own.Name.ShouldBe("shop");
        (await _node.Services.GetRequiredService<IRequiredActor<EmbeddedNode.Clerk>>().ActorRef.Ask<string>("open?")).ShouldBe("yes");
        own.Settings.Config.GetString("akka.actor.provider").ShouldNotContain("Cluster");

        await using var client = await RawClient.HelloAsync(_node.Url);
        await _node.Services.GetRequiredService<NodeShutdown>().DrainAsync(CancellationToken.None);

        (await client.WaitAsync("goodbye"))["code"]!.GetValue<int>().ShouldBe(4000);
        own.WhenTerminated.IsCompleted.ShouldBeFalse();
        (await _node.Services.GetRequiredService<IRequiredActor<EmbeddedNode.Clerk>>().ActorRef.Ask<string>("open?")).ShouldBe("yes");
    }

    [Fact]
    public async Task A_store_that_is_not_well_makes_the_node_unready_but_not_dead()
    {
        await FillAsync();

        (await _node.AskAsync("/health/ready")).ShouldSatisfyAllConditions(
            ready => ready.Status.ShouldBe(HttpStatusCode.ServiceUnavailable),
            ready => ready.Word.ShouldBe("unready"),
            ready => ready.Reasons.ShouldStartWith("The store is not well (channels): no room is left"));
        (await _node.AskAsync("/health/live")).ShouldBe((HttpStatusCode.OK, "live", ""));
        (await _node.AskAsync("/health/serving")).ShouldBe((HttpStatusCode.OK, "serving", ""));
    }

    [Fact]
    public async Task A_node_that_drains_is_unready_while_it_still_answers()
    {
        await _node.Services.GetRequiredService<NodeShutdown>().DrainAsync(CancellationToken.None);

        (await _node.AskAsync("/health/ready")).ShouldBe((HttpStatusCode.ServiceUnavailable, "unready", "The node is stopping."));
        (await _node.AskAsync("/health/live")).ShouldBe((HttpStatusCode.OK, "live", ""));
    }

    private async Task FillAsync()
    {
        await using var client = await RawClient.HelloAsync(_node.Url);
        var data = new string('x', 30_000);
        for (var id = 2; RawClient.TypeOf(await client.AskAsync($$"""{"type":"publish","id":{{id}},"channel":"default-room","data":"{{data}}"}""")) != "error"; id++)
        {
            id.ShouldBeLessThan(100, "the store has no bound");
        }
    }
}
