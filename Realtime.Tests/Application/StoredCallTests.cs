using System.Text.Json.Nodes;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Channels;
using Realtime.Messages.Positions;
using Realtime.Node.Application;
using Realtime.Node.Application.Calls;
using Realtime.Node.Asking;
using Realtime.Node.Connections.Core;
using Realtime.Node.Hosting;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Application;

/// <summary>A numbered call reaches the application once, and every repeat of it gets the reply of the first.</summary>
[Collection(ActorSystems.Name)]
public sealed class StoredCallTests
{
    private const string Hello = "\"producer\":\"p-1\"";
    private int _calls;
    private long _id = 100;

    [Fact]
    public async Task A_repeat_on_another_connection_gets_the_first_reply_and_the_application_is_not_called_again()
    {
        await using var node = await StartAsync();
        await using var first = await RawClient.HelloAsync(node.Url, Hello);
        await using var second = await RawClient.HelloAsync(node.Url, Hello);

        (await CallAsync(first, 7))["data"]!.ToJsonString().ShouldBe("1");
        (await CallAsync(second, 7))["data"]!.ToJsonString().ShouldBe("1");
        (await CallAsync(second, 8))["data"]!.ToJsonString().ShouldBe("2");
        (await CallAsync(first, 7))["data"]!.ToJsonString().ShouldBe("1");
    }

    [Fact]
    public async Task A_repeat_after_a_restart_gets_the_first_reply()
    {
        using var file = new TemporaryFile();
        await using (var node = await StartAsync(file.Path))
        {
            await using var client = await RawClient.HelloAsync(node.Url, Hello);
            (await CallAsync(client, 7))["data"]!.ToJsonString().ShouldBe("1");
        }

        await using var later = await StartAsync(file.Path);
        await using var again = await RawClient.HelloAsync(later.Url, Hello);
        (await CallAsync(again, 7))["data"]!.ToJsonString().ShouldBe("1");
        _calls.ShouldBe(1);
    }

    [Fact]
    public async Task Repeats_that_come_while_the_call_runs_wait_for_its_reply()
    {
        var gate = new TaskCompletionSource();
        await using var node = await ApplicationNode.StartAsync(realtime => realtime.OnCall("count", async () =>
        {
            await gate.Task;
            return Interlocked.Increment(ref _calls);
        }));
        await using var first = await RawClient.HelloAsync(node.Url, Hello);
        await using var second = await RawClient.HelloAsync(node.Url, Hello);
        var asked = CallAsync(first, 7);
        var repeated = CallAsync(second, 7);

        gate.SetResult();

        (await asked)["data"]!.ToJsonString().ShouldBe("1");
        (await repeated)["data"]!.ToJsonString().ShouldBe("1");
        _calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_is_a_reply_like_any_other()
    {
        await using var node = await ApplicationNode.StartAsync(realtime => realtime.OnCall("count", int () =>
            throw new RefusedException(ErrorCode.Forbidden, $"no, for the {Interlocked.Increment(ref _calls)}. time")));
        await using var client = await RawClient.HelloAsync(node.Url, Hello);

        var first = await CallAsync(client, 7);
        var again = await CallAsync(client, 7);

        (first["code"]!.GetValue<string>(), first["message"]!.GetValue<string>()).ShouldBe(("forbidden", "no, for the 1. time"));
        (again["code"]!.GetValue<string>(), again["message"]!.GetValue<string>()).ShouldBe(("forbidden", "no, for the 1. time"));
    }

    [Fact]
    public async Task A_producer_of_another_user_has_calls_of_its_own()
    {
        await using var node = await ApplicationNode.StartAsync(realtime => realtime
            .OnConnect((ConnectContext connect) => Decision.As(new RealtimeUser(connect.Data!.Value.GetString()!)))
            .OnCall("count", () => Interlocked.Increment(ref _calls)));
        await using var ann = await RawClient.HelloAsync(node.Url, Hello + """, "data":"ann" """);
        await using var bob = await RawClient.HelloAsync(node.Url, Hello + """, "data":"bob" """);

        (await CallAsync(ann, 7))["data"]!.ToJsonString().ShouldBe("1");
        (await CallAsync(bob, 7))["data"]!.ToJsonString().ShouldBe("2");
    }

    [Fact]
    public async Task A_call_without_a_number_is_made_each_time()
    {
        await using var node = await StartAsync();
        await using var client = await RawClient.HelloAsync(node.Url, Hello);

        (await client.AskAsync("""{"type":"call","id":5,"method":"count"}"""))["data"]!.ToJsonString().ShouldBe("1");
        (await client.AskAsync("""{"type":"call","id":6,"method":"count"}"""))["data"]!.ToJsonString().ShouldBe("2");
    }

    [Fact]
    public async Task The_key_is_the_same_for_repeats_and_another_for_other_calls()
    {
        var keys = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        await using var node = await ApplicationNode.StartAsync(realtime => realtime.OnCall("count", (CallContext call) => keys.Enqueue(call.IdempotencyKey)));
        await using var client = await RawClient.HelloAsync(node.Url, Hello);

        await CallAsync(client, 7);
        await CallAsync(client, 8);
        await client.AskAsync("""{"type":"call","id":6,"method":"count"}""");

        keys.Distinct().Count().ShouldBe(3);
        keys.Last().ShouldBeNull();
    }

    [Fact]
    public async Task A_call_whose_node_died_between_its_beginning_and_its_reply_has_an_unknown_outcome_for_all_who_repeat_it()
    {
        await using var node = await StartAsync();
        var channels = node.Services.GetRequiredService<NodeRuntime>().Operated.Channels;
        var asks = new ChannelAsks(() => channels, TimeProvider.System);
        var call = new Question.Call(default, null, "count", null, ConnectionsProducer("p-9"), 3);
        var key = CallKey.Of(call);
        var (payload, tags) = CallRecord.Beginning(key, "the attempt of a node that is gone");
        await asks.RepeatAsync(
            new ChannelRequest.Publish(key.Log, 1, payload, default, null) { Producer = key.Writer, Sequence = key.Begins, Tags = tags }, TimeSpan.FromSeconds(10));
        var impatient = new StoredCalls(asks, TimeProvider.System, TimeSpan.Zero, NullLogger<StoredCalls>.Instance);

        var first = await impatient.AskAsync(call, _ => throw new InvalidOperationException("the application must not be called")).Within("a verdict");
        var second = await impatient.AskAsync(call, _ => throw new InvalidOperationException("the application must not be called")).Within("a verdict");

        first.ShouldBeOfType<Verdict.Refused>().Outcome.ShouldBe(Outcome.Unknown);
        second.ShouldBeOfType<Verdict.Refused>().Code.ShouldBe(ErrorCode.Timeout);
        _calls.ShouldBe(0);
    }

    private static ProducerId ConnectionsProducer(string name)
    {
        ProducerId.TryParse(name, out var id).ShouldBeTrue();
        return id;
    }

    private Task<JsonObject> CallAsync(RawClient client, long sequence) =>
        client.AskAsync($$"""{"type":"call","id":{{Interlocked.Increment(ref _id)}},"method":"count","seq":{{sequence}}}""");

    private Task<ApplicationNode> StartAsync(string? path = null) => ApplicationNode.StartAsync(
        realtime => realtime.OnCall("count", () => Interlocked.Increment(ref _calls)),
        path is null ? null : new SqliteEventStore(new SqliteEventStoreOptions(path)));

    private sealed class TemporaryFile : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("realtime-calls").FullName;

        public string Path => System.IO.Path.Combine(_folder, "calls.db");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
