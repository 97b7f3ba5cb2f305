using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Client;
using Realtime.Messages.Errors;
using Realtime.Node.Application;
using Realtime.Node.Telemetry;
using Realtime.Tests.Support;

namespace Realtime.Tests.Application;

/// <summary>What handlers of an application do for and to its clients, over real sockets.</summary>
[Collection(ActorSystems.Name)]
public sealed class HandlerTests
{
    [Fact]
    public async Task A_call_is_answered_with_what_its_handler_returns()
    {
        await using var node = await ApplicationNode.StartAsync(realtime => realtime
            .OnCall("add", (Sum sum) => sum.A + sum.B)
            .OnCall("later", async (CallContext call, CancellationToken cancellation) =>
            {
                await Task.Yield();
                cancellation.ThrowIfCancellationRequested();
                return new { call.Method, call.User };
            })
            .OnCall("nothing", () => Task.CompletedTask));
        var client = await node.ConnectAsync();

        (await client.CallAsync("add", new { a = 2, b = 3 }))!.Value.GetInt32().ShouldBe(5);
        (await client.CallAsync("later", 0))!.Value.GetRawText().ShouldBe("""{"method":"later","user":null}""");
        (await client.CallAsync("nothing", 0)).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"a":1,"b":"x"}""", "data.b")]
    [InlineData("""{"a":1000,"b":1}""", "data.a")]
    [InlineData("[]", "data")]
    [InlineData("null", "data")]
    public async Task A_call_whose_data_is_not_what_the_handler_needs_is_a_bad_request_that_names_the_field(string data, string field)
    {
        var called = false;
        await using var node = await ApplicationNode.StartAsync(realtime => realtime.OnCall("add", (Sum sum) => called = true));
        var client = await node.ConnectAsync();

        var refused = await Should.ThrowAsync<RealtimeException>(client.CallAsync("add", JsonElement.Parse(data)));

        (refused.Code, called).ShouldBe(("bad_request", false));
        refused.Message.ShouldContain(field);
    }

    [Fact]
    public async Task A_handler_that_throws_is_a_fault_of_the_application_and_its_words_stay_in_the_log()
    {
        await using var node = await ApplicationNode.StartAsync(realtime => realtime.OnCall("fail", int () => throw new InvalidOperationException("password 1234")));
        var client = await node.ConnectAsync();

        var refused = await Should.ThrowAsync<RealtimeException>(client.CallAsync("fail", 0));

        refused.Code.ShouldBe("internal");
        refused.Message.ShouldNotContain("1234");
        (await node.Log.LineAsync(LogEvents.HandlerFailed)).Text.ShouldContain("Handler");
    }

    [Fact]
    public async Task A_handler_that_hangs_costs_its_client_a_timeout_and_others_nothing()
    {
        await using var node = await ApplicationNode.StartAsync(realtime => realtime
            .OnCall("hang", () => new TaskCompletionSource<int>().Task, new HandlerLimits { Timeout = TimeSpan.FromMilliseconds(50) })
            .OnCall("add", (Sum sum) => sum.A + sum.B));
        var client = await node.ConnectAsync();

        var hanging = client.CallAsync("hang", 0);
        (await client.CallAsync("add", new { a = 2, b = 3 }))!.Value.GetInt32().ShouldBe(5);

        await node.Log.LineAsync(LogEvents.HandlerTooSlow);
        hanging.IsCompletedSuccessfully.ShouldBeFalse("the outcome is not known");
    }

    [Fact]
    public async Task More_runs_than_a_handler_may_have_are_refused_at_once()
    {
        var gate = new TaskCompletionSource();
        var isRunning = new TaskCompletionSource();
        await using var node = await ApplicationNode.StartAsync(realtime => realtime
            .OnPublish("chat:*", (PublishContext _) =>
            {
                isRunning.TrySetResult();
                return gate.Task;
            }, new HandlerLimits { Concurrency = 1, Queue = 0 }));
        await using var first = await EndToEnd.RawClient.HelloAsync(node.Url);
        await using var second = await EndToEnd.RawClient.HelloAsync(node.Url);
        await first.SendAsync("""{"type":"publish","id":5,"channel":"chat:a","data":1}""");
        await isRunning.Task.Within("the first one to run");

        var id = 10;
        await Soon.IsTrueAsync(
            async () =>
            {
                await second.SendAsync($$"""{"type":"publish","id":{{++id}},"channel":"chat:a","data":1}""");
                return second.Frames.Any(frame => frame["code"]?.GetValue<string>() is "too_many");
            },
            "one of the second client's to be refused");

        gate.SetResult();
        (await first.WaitAsync("reply"))["position"].ShouldNotBeNull();
    }

    [Fact]
    public async Task A_message_can_be_changed_refused_or_let_through()
    {
        await using var node = await ApplicationNode.StartAsync(realtime => realtime.OnPublish("chat:*", (PublishContext publish, Line line) => line.Text switch
        {
            _ when publish.Bytes is not null => Decision.Refuse("that is no text"),
            "rude" => Decision.Refuse("be kind"),
            "loud" => Decision.Change(new Line("LOUD", publish.Session.Length > 0)),
            _ => Decision.Allow,
        }));
        var client = await node.ConnectAsync();
        var room = client.Subscribe("chat:a");

        var refused = await Should.ThrowAsync<RealtimeException>(client.PublishAsync("chat:a", new { text = "rude" }));
        await client.PublishAsync("chat:a", new { text = "loud" });
        await client.PublishAsync("chat:a", new { text = "plain", more = 1 });

        (refused.Code, refused.Message.Contains("be kind", StringComparison.Ordinal)).ShouldBe(("forbidden", true));
        (await MessagesAsync(room, 2)).ShouldBe(["""{"text":"LOUD","checked":true}""", """{"text":"plain","more":1}"""]);
    }

    [Fact]
    public async Task Messages_of_one_client_keep_their_order_however_long_each_decision_takes()
    {
        await using var node = await ApplicationNode.StartAsync(realtime => realtime.OnPublish("chat:*", async (int number) =>
        {
            for (var turn = 0; turn < number % 4; turn++)
            {
                await Task.Yield();
            }

            return true;
        }));
        var client = await node.ConnectAsync();
        var room = client.Subscribe("chat:a");

        var published = Enumerable.Range(1, 60).Select(number => client.PublishAsync("chat:a", number)).ToList();
        await Task.WhenAll(published);

        (await MessagesAsync(room, 60)).ShouldBe(Enumerable.Range(1, 60).Select(number => $"{number}"));
    }

    [Fact]
    public async Task The_application_says_who_a_client_is_and_who_stays_out()
    {
        await using var node = await ApplicationNode.StartAsync(realtime => realtime
            .OnConnect((ConnectContext connect) => connect.Data is { ValueKind: JsonValueKind.String } name
                ? Decision.As(new RealtimeUser(name.GetString()!) { Info = new { role = "buyer" } })
                : Decision.Refuse("who are you?", ErrorCode.Unauthorized))
            .OnCall("who", (CallContext call) => call.User));
        var ann = await node.ConnectAsync(options => options with { HelloData = JsonElement.Parse("\"ann\"") });

        (await ann.CallAsync("who", 0))!.Value.GetString().ShouldBe("ann");
        var refused = await Should.ThrowAsync<RealtimeException>(node.ConnectAsync());
        refused.Code.ShouldBe("unauthorized");
    }

    [Fact]
    public async Task The_application_says_who_may_subscribe()
    {
        await using var node = await ApplicationNode.StartAsync(realtime => realtime
            .OnSubscribe("chat:*", (SubscribeContext subscribe) => subscribe.Channel == "chat:open"));
        await using var client = await EndToEnd.RawClient.HelloAsync(node.Url);

        (await client.AskAsync("""{"type":"subscribe","id":5,"channel":"chat:open"}"""))["type"]!.GetValue<string>().ShouldBe("reply");
        (await client.AskAsync("""{"type":"subscribe","id":6,"channel":"chat:closed"}"""))["code"]!.GetValue<string>().ShouldBe("forbidden");
    }

    [Fact]
    public async Task A_class_of_handlers_comes_from_the_container_with_what_it_needs()
    {
        await using var node = await ApplicationNode.StartAsync(realtime =>
        {
            realtime.Services.AddSingleton<Ledger>();
            realtime.AddHandler<Till>();
        });
        var client = await node.ConnectAsync();

        await client.CallAsync("pay", 7);
        await client.CallAsync("pay", 8);

        (await client.CallAsync("balance", 0))!.Value.GetInt32().ShouldBe(15);
    }

    [Fact]
    public async Task A_call_without_a_handler_is_not_found_and_one_of_a_node_without_an_application_too()
    {
        await using var node = await ApplicationNode.StartAsync(realtime => realtime.OnCall("a", () => 1));
        await using var bare = await ApplicationNode.StartAsync(_ => { });

        (await Should.ThrowAsync<RealtimeException>((await node.ConnectAsync()).CallAsync("b", 0))).Code.ShouldBe("not_found");
        (await Should.ThrowAsync<RealtimeException>((await bare.ConnectAsync()).CallAsync("a", 0))).Code.ShouldBe("not_found");
    }

    [Fact]
    public async Task The_application_publishes_from_anywhere_and_one_key_publishes_once()
    {
        await using var node = await ApplicationNode.StartAsync(realtime => realtime.OnPublish("chat:*", () => false));
        var client = await node.ConnectAsync();
        var room = client.Subscribe("chat:a");
        await room.Ready.Within("the subscription");

        var first = await node.Realtime.PublishAsync("chat:a", new { text = "from the shop" }, new PublishSettings { IdempotencyKey = "order 1" });
        var again = await node.Realtime.PublishAsync("chat:a", new { text = "from the shop" }, new PublishSettings { IdempotencyKey = "order 1" });
        await node.Realtime.PublishAsync("chat:a", "end");

        again.ShouldBe(first);
        (await MessagesAsync(room, 2)).ShouldBe(["""{"text":"from the shop"}""", "\"end\""]);
    }

    [Theory]
    [InlineData("~calls:x", "belongs to the server")]
    [InlineData("nowhere:x", "nowhere")]
    [InlineData("", "empty")]
    public async Task What_cannot_be_published_on_says_so(string channel, string why)
    {
        await using var node = await ApplicationNode.StartAsync(_ => { });

        (await Should.ThrowAsync<ArgumentException>(node.Realtime.PublishAsync(channel, 1))).Message.ShouldContain(why);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_handler_that_cannot_be_bound_stops_the_start_and_says_why(string why, Action<RealtimeBuilder> handlers)
    {
        var fault = await Should.ThrowAsync<ArgumentException>(async () => await ApplicationNode.StartAsync(handlers));
        fault.Message.ShouldContain(why);
    }

    public static TheoryData<string, Action<RealtimeBuilder>> Wrong => new()
    {
        { "'b' (String) of handler", realtime => realtime.OnCall("x", (int a, string b) => a) },
        { "Method 'x' has two handlers", realtime => realtime.OnCall("x", () => 1).OnCall("x", () => 2) },
        { "'a*b' is no pattern", realtime => realtime.OnPublish("a*b", () => true) },
        { "no public method with", realtime => realtime.AddHandler<Ledger>() },
    };

    private static async Task<IReadOnlyList<string>> MessagesAsync(RealtimeSubscription room, int count)
    {
        var messages = new List<string>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await foreach (var item in room.ReadAllAsync(deadline.Token))
        {
            if (item is ChannelEvent.Message message)
            {
                messages.Add(message.Data!.Value.GetRawText());
                if (messages.Count == count)
                {
                    break;
                }
            }
        }

        return messages;
    }

    public sealed record Sum([property: Range(0, 100)] int A, int B);

    public sealed record Line(string Text, bool Checked = false);

    public sealed class Ledger
    {
        private int _balance;

        public int Balance => _balance;

        public void Add(int amount) => Interlocked.Add(ref _balance, amount);
    }

    public sealed class Till(Ledger ledger)
    {
        [OnCall("pay")]
        public void Pay(int amount) => ledger.Add(amount);

        [OnCall("balance")]
        public int Balance() => ledger.Balance;
    }
}
