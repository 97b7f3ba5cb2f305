using Akka.Actor;
using Realtime.Node.Hosting.Configuration;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Serialized;

/// <summary>
/// Nodes with <c>akka.actor.serialize-messages</c>: each message, also one that stays on its node today, is written and read by its serializer before it is received. One that
/// cannot be sent is an error in the log, and is not received.
/// </summary>
[Collection(ActorSystems.Name)]
public sealed class SerializedMessagesTests
{
    [Fact]
    public async Task One_node_goes_on_when_each_of_its_messages_is_serialized()
    {
        await using var node = await SerializedNode.StartAsync("alone", "memory");
        await JudgedAsync(
            async () =>
            {
                await using (var conversation = await Conversation.BeginAsync(node, node))
                {
                    await conversation.TalkAsync();
                    await conversation.AskAsync();
                    await conversation.ReconnectAsync();
                    await conversation.KnowsEverybodyAsync();
                    await conversation.TalkAsync();
                    await LookAsync(node, ["alone"], conversation.Sessions);
                }

                await node.StopAsync();
            },
            node);
    }

    [Fact]
    public async Task Three_nodes_and_a_lighthouse_go_on_when_each_of_their_messages_is_serialized()
    {
        var database = new PostgresEventStoreCase();
        await database.PrepareAsync();
        try
        {
            await ConverseAsync("postgres:" + database.Options.Connection);
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_message_without_a_serializer_is_found()
    {
        await using var node = await SerializedNode.StartAsync("alone", "memory");
        var actor = node.System.ActorOf(Props.Create(() => new Deaf()));

        await actor.Ask<ActorIdentity>(new Identify(null)).Within("the actor to be there: Akka cannot say what it refuses before");
        actor.Tell(new Marked());
        actor.Tell(new Unmarked());

        await Soon.IsTrueAsync(() => node.Failures.Count > 0, "a failure");
        node.Failures.ShouldAllBe(failure => failure.Contains(nameof(Unmarked), StringComparison.Ordinal));
    }

    private static async Task ConverseAsync(string store)
    {
        await using var lighthouse = await SerializedNode.StartAsync("lighthouse", store, ProgramRole.Lighthouse);
        await using var a = await SerializedNode.StartAsync("a", store);
        await using var b = await SerializedNode.StartAsync("b", store);
        await using var c = await SerializedNode.StartAsync("c", store);
        await JudgedAsync(() => ConverseAsync(lighthouse, a, b, c), lighthouse, a, b, c);
    }

    private static async Task ConverseAsync(SerializedNode lighthouse, SerializedNode a, SerializedNode b, SerializedNode c)
    {
        await using (var conversation = await Conversation.BeginAsync(a, b, c))
        {
            await conversation.TalkAsync();
            await conversation.AskAsync();
            await conversation.ReconnectAsync();
            await conversation.KnowsEverybodyAsync();

            // Its shards and clients go elsewhere, and its shards come back.
            await a.ActAsync("nodes/c/drain");
            await Soon.IsTrueAsync(() => conversation.Clients.All(client => client.Node != "c"), "the clients of c to be elsewhere");
            await conversation.TalkAsync();
            await lighthouse.ActAsync("nodes/c/undrain");
            var owner = (string?)(await b.LookAsync("shards/channel/7"))["owner"];
            await b.ActAsync("shards/channel/7/move", $$"""{"to":"{{(owner == "a" ? "b" : "a")}}"}""");
            await conversation.TalkAsync();
            foreach (var member in new[] { lighthouse, a, b, c })
            {
                await LookAsync(member, ["a", "b", "c"], conversation.Sessions);
            }

            await b.StopAsync();
            await conversation.TalkAsync();
            await conversation.KnowsEverybodyAsync();
        }

        foreach (var member in new[] { c, a, lighthouse })
        {
            await member.StopAsync();
        }
    }

    /// <summary>What could not be sent is the reason of whatever was waited for in vain.</summary>
    private static async Task JudgedAsync(Func<Task> scenario, params IReadOnlyList<SerializedNode> members)
    {
        try
        {
            await scenario();
        }
        catch (TimeoutException)
        {
            TestContext.Current.TestOutputHelper!.WriteLine(string.Join('\n', members.Select(member => member.Lines)));
            if (members.All(member => member.Failures.Count == 0))
            {
                throw;
            }
        }

        members.SelectMany(member => member.Failures).ShouldBeEmpty();
    }

    /// <summary>Questions go from member to member.</summary>
    private static async Task LookAsync(SerializedNode asked, IReadOnlyList<string> nodes, IReadOnlyList<string> sessions)
    {
        string[] questions =
        [
            "cluster", "shards", "shards/map", "shards/moves", "shards/channel/7", "sessions", "channels", "events", "audit",
            "channels/default:1", "channels/default:1/messages", "channels/mem:1", $"channels/{Conversation.Room}",
            .. nodes.Select(node => $"nodes/{node}"), .. sessions.Select(session => $"sessions/{session}"),
        ];
        foreach (var question in questions)
        {
            await asked.LookAsync(question);
        }
    }

    private sealed record Unmarked;

    private sealed record Marked : INoSerializationVerificationNeeded;

    private sealed class Deaf : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }
}
