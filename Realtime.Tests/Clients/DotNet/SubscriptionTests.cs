using Realtime.Client;
using Realtime.Client.Core;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>Slow readers and refused subscriptions.</summary>
public sealed class SubscriptionTests
{
    private readonly MachineDriver _client = new();
    private long _lastId;

    [Fact]
    public void A_reader_that_falls_behind_gets_everything_over_a_second_connection_once_it_caught_up()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:0");
        _client.Subscribe(link, "chat:b", "e:0");
        _client.Message(link, "chat:a", 1);
        _client.Post(new ClientInput.Full("chat:a"));
        _client.Message(link, "chat:a", 2, 3);
        _client.Message(link, "chat:b", 1);

        _client.Post(new ClientInput.Drained("chat:a"));

        _client.State.ShouldBe(ClientState.Connected);
        var next = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link;
        _client.Message(link, "chat:a", 4);
        _client.Post(new ClientInput.LinkOpened(next));
        var hello = _client.SentOne(next, "hello");
        hello.GetProperty("positions").GetProperty("chat:a").GetString().ShouldBe("e:1");
        hello.GetProperty("positions").GetProperty("chat:b").GetString().ShouldBe("e:1");
        _client.Offsets().ShouldBe([1, 1]);
        _client.Receive(next, MachineDriver.WelcomeFrame(
            MachineDriver.Id(hello),
            """[{"channel":"chat:a","position":"e:1","head":"e:4"},{"channel":"chat:b","position":"e:1","head":"e:1"}]""",
            resumed: true));
        _client.Message(next, "chat:a", 2, 3, 4);
        _client.Offsets().ShouldBe([2, 3, 4]);
    }

    [Fact]
    public void What_a_slow_reader_missed_of_a_channel_without_a_log_is_told_as_a_gap()
    {
        var link = _client.Connect();
        _client.Post(new ClientInput.Subscribe("cursor:a", new SubscribeOptions()));
        _client.Receive(link, $$"""{"type":"reply","id":{{MachineDriver.Id(_client.SentOne(link, "subscribe"))}}}""");
        _client.Post(new ClientInput.Full("cursor:a"));
        _client.Receive(link, """{"type":"message","channel":"cursor:a","data":1,"at":1}""");
        _client.Events();

        _client.Post(new ClientInput.Drained("cursor:a"));

        _client.Events().ShouldHaveSingleItem().ShouldBe(new ChannelEvent.Gap("cursor:a", "lagged", null, null, null));
        _client.Take<ClientEffect.OpenLink>().ShouldBeEmpty();
    }

    [Fact]
    public void A_subscription_refused_for_good_ends_and_one_refused_for_now_is_asked_again()
    {
        var link = _client.Connect();
        _client.Post(new ClientInput.Subscribe("chat:no", new SubscribeOptions()));
        _client.Post(new ClientInput.Subscribe("chat:later", new SubscribeOptions()));
        var sent = _client.Sent(link);

        _client.Receive(link, $$"""{"type":"error","id":{{MachineDriver.Id(sent[0])}},"code":"forbidden","message":"no","outcome":"none"}""");
        _client.Receive(link, $$"""{"type":"error","id":{{MachineDriver.Id(sent[1])}},"code":"unavailable","message":"later","retryAfter":700,"outcome":"none"}""");

        var end = _client.Take<ClientEffect.End>().ShouldHaveSingleItem();
        end.Channel.ShouldBe("chat:no");
        end.Fault!.Code.ShouldBe("forbidden");
        _client.Due.ShouldBe(TimeSpan.FromMilliseconds(700));
        _client.Advance(TimeSpan.FromMilliseconds(700));
        _client.SentOne(link, "subscribe").GetProperty("channel").GetString().ShouldBe("chat:later");
    }

    [Fact]
    public void A_provider_is_asked_for_the_token_of_a_channel_and_again_when_it_is_over()
    {
        var link = _client.Connect();
        Fetch("one");
        Take(_client.SentOne(link, "subscribe"), "one", null).ShouldBe("$chat:vip");
        _client.Receive(link, $$"""{"type":"reply","id":{{_lastId}},"position":"e:5","head":"e:5"}""");
        _client.Message(link, "$chat:vip", 6);
        _client.Events();

        _client.Receive(link, """{"type":"unsubscribed","channel":"$chat:vip","reason":"token_expired"}""");
        _client.Events().ShouldBeEmpty("it goes on");
        Fetched("two");
        Take(_client.SentOne(link, "subscribe"), "two", "e:6");
        _client.Receive(link, $$"""{"type":"reply","id":{{_lastId}},"position":"e:6","head":"e:7","recovered":true}""");
        _client.Message(link, "$chat:vip", 7);

        _client.Offsets().ShouldBe([7]);
    }

    [Fact]
    public void A_second_token_that_is_over_ends_the_subscription()
    {
        var link = _client.Connect();
        Fetch("one");
        Take(_client.SentOne(link, "subscribe"), "one", null);
        Expired(link);
        Fetched("two");
        Take(_client.SentOne(link, "subscribe"), "two", null);
        Expired(link);

        _client.Take<ClientEffect.End>().ShouldHaveSingleItem().Fault!.Code.ShouldBe("token_expired");
    }

    [Fact]
    public void A_provider_that_fails_is_asked_again_later()
    {
        var link = _client.Connect();
        _client.Post(new ClientInput.Subscribe("$chat:vip", Options));
        _client.Take<ClientEffect.FetchChannelToken>().ShouldHaveSingleItem();
        _client.Post(new ClientInput.ChannelTokenFailed("$chat:vip", new Fault("token_unavailable", "no")));
        _client.Take<ClientEffect.Complained>().ShouldHaveSingleItem();

        _client.Advance(_client.Due!.Value - _client.Now);
        Fetched("one");
        Take(_client.SentOne(link, "subscribe"), "one", null);
    }

    private static SubscribeOptions Options { get; } = new() { TokenProvider = static (_, _) => Task.FromResult<string?>(null) };

    private void Fetch(string token)
    {
        _client.Post(new ClientInput.Subscribe("$chat:vip", Options));
        Fetched(token);
    }

    private void Fetched(string token)
    {
        _client.Take<ClientEffect.FetchChannelToken>().ShouldHaveSingleItem().Channel.ShouldBe("$chat:vip");
        _client.Post(new ClientInput.ChannelTokenFetched("$chat:vip", token));
    }

    private string? Take(System.Text.Json.JsonElement frame, string token, string? from)
    {
        _lastId = MachineDriver.Id(frame);
        frame.GetProperty("token").GetString().ShouldBe(token);
        (frame.TryGetProperty("from", out var start) ? start.GetString() : null).ShouldBe(from);
        return frame.GetProperty("channel").GetString();
    }

    private void Expired(int link) =>
        _client.Receive(link, $$"""{"type":"error","id":{{_lastId}},"code":"token_expired","message":"over","outcome":"none"}""");
}
