using System.Collections.Immutable;
using Realtime.Client;
using Realtime.Client.Core;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>Order and contiguity of a channel, over one connection and over many.</summary>
public sealed class StreamTests
{
    private readonly MachineDriver _client = new();

    [Fact]
    public void Messages_that_follow_the_position_are_delivered_in_order()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:40");

        _client.Message(link, "chat:a", 41, 42);

        _client.Offsets().ShouldBe([41, 42]);
    }

    [Fact]
    public void An_array_of_frames_is_taken_frame_by_frame()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:0");

        _client.Receive(link, $"[{MachineDriver.MessageFrame("chat:a", 1)},{MachineDriver.MessageFrame("chat:a", 2)}]");

        _client.Offsets().ShouldBe([1, 2]);
    }

    [Fact]
    public void A_duplicate_is_dropped()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:40");

        _client.Message(link, "chat:a", 41, 41, 40, 42);

        _client.Offsets().ShouldBe([41, 42]);
    }

    [Fact]
    public void A_message_that_names_the_one_before_it_may_leave_offsets_out()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:40");

        _client.Receive(link, """{"type":"message","channel":"chat:a","offset":45,"prev":40,"data":1,"at":1}""");

        _client.Offsets().ShouldBe([45]);
        _client.Take<ClientEffect.CloseLink>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"type":"message","channel":"chat:a","offset":43,"data":1,"at":1}""")]
    [InlineData("""{"type":"message","channel":"chat:a","offset":45,"prev":42,"data":1,"at":1}""")]
    public void A_hole_that_nobody_announced_drops_the_link_and_resumes_from_the_own_position(string message)
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:40");
        _client.Message(link, "chat:a", 41);

        _client.Receive(link, $"[{message},{MachineDriver.MessageFrame("chat:a", 42)}]");

        _client.Offsets().ShouldBe([41]);
        _client.Take<ClientEffect.CloseLink>().ShouldHaveSingleItem().Link.ShouldBe(link);
        _client.Advance(TimeSpan.Zero);
        var next = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link;
        _client.Post(new ClientInput.LinkOpened(next));
        var hello = _client.SentOne(next, "hello");
        hello.GetProperty("session").GetString().ShouldBe("token-1");
        hello.GetProperty("positions").GetProperty("chat:a").GetString().ShouldBe("e:41");
    }

    [Fact]
    public void A_second_hole_in_a_row_waits_instead_of_hammering_the_server()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:40");
        _client.Message(link, "chat:a", 45);
        _client.Advance(TimeSpan.Zero);
        var second = _client.Welcome("""[{"channel":"chat:a","position":"e:40","head":"e:45","recovered":true}]""", resumed: true);

        _client.Message(second, "chat:a", 45);

        _client.Due.ShouldBe(TimeSpan.FromSeconds(0.5));
    }

    [Fact]
    public void A_gap_moves_the_position_and_the_stream_goes_on_after_it()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:3");

        _client.Receive(link, """{"type":"gap","channel":"chat:a","from":4,"to":10,"reason":"trimmed","position":"e:10"}""");
        _client.Message(link, "chat:a", 11);

        var events = _client.Events();
        events[0].ShouldBe(new ChannelEvent.Gap("chat:a", "trimmed", 4, 10, new Position("e", 10)));
        events[1].ShouldBeOfType<ChannelEvent.Message>().Position.ShouldBe(new Position("e", 11));
    }

    [Fact]
    public void A_gap_told_in_the_reply_and_again_as_a_frame_is_one_gap()
    {
        var link = _client.Connect();
        _client.Post(new ClientInput.Subscribe("chat:a", new SubscribeOptions { From = From.Position("old:7") }));
        var id = MachineDriver.Id(_client.SentOne(link, "subscribe"));

        _client.Receive(link, $$"""{"type":"reply","id":{{id}},"position":"new:0","head":"new:2","recovered":false,"gap":{"reason":"epoch","position":"new:0"} }""");
        _client.Receive(link, """{"type":"gap","channel":"chat:a","reason":"epoch","position":"new:0"}""");
        _client.Message(link, "chat:a", 1, 2);

        _client.Offsets().ShouldBe([1, 2]);
    }

    [Fact]
    public void A_log_born_anew_is_a_gap_on_resume_and_counts_from_one_again()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "old:7");
        _client.Lose(link);
        _client.Advance(TimeSpan.FromSeconds(1));
        const string Standing = """[{"channel":"chat:a","position":"new:0","head":"new:2","recovered":false,"gap":{"reason":"epoch","position":"new:0"}}]""";
        var next = _client.Welcome(Standing, resumed: true);

        _client.Receive(next, """{"type":"gap","channel":"chat:a","reason":"epoch","position":"new:0"}""");
        _client.Message(next, "chat:a", 1, 2);

        _client.Offsets().ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void A_log_that_ends_before_the_position_sends_the_client_back()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:7");

        _client.Receive(link, """{"type":"gap","channel":"chat:a","reason":"ahead","position":"e:5"}""");
        _client.Message(link, "chat:a", 6);

        _client.Offsets().ShouldBe([-5, 6]);
    }

    [Fact]
    public void Messages_without_an_offset_are_delivered_and_move_nothing()
    {
        var link = _client.Connect();
        _client.Post(new ClientInput.Subscribe("cursor:a", new SubscribeOptions()));
        _client.Receive(link, $$"""{"type":"reply","id":{{MachineDriver.Id(_client.SentOne(link, "subscribe"))}}}""");

        _client.Receive(link, """[{"type":"message","channel":"cursor:a","data":1,"at":1},{"type":"message","channel":"cursor:a","data":null,"at":1}]""");

        _client.Events().OfType<ChannelEvent.Message>().Select(message => message.Position).ShouldBe([null, null]);
        _client.Take<ClientEffect.CloseLink>().ShouldBeEmpty();
    }

    [Fact]
    public void A_reply_never_moves_a_position()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:1");
        _client.Publish("chat:a", 1);
        var id = MachineDriver.Id(_client.SentOne(link, "publish"));

        _client.Receive(link, $$"""{"type":"reply","id":{{id}},"position":"e:2"}""");
        _client.Message(link, "chat:a", 2);

        _client.Offsets().ShouldBe([2]);
    }

    [Fact]
    public void A_resume_goes_on_where_the_first_connection_stopped()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:40");
        _client.Message(link, "chat:a", 41);
        _client.Lose(link);
        _client.State.ShouldBe(ClientState.Waiting);
        _client.Advance(TimeSpan.FromSeconds(1));

        var next = _client.Welcome("""[{"channel":"chat:a","position":"e:41","head":"e:43","recovered":true}]""", resumed: true);
        _client.Message(next, "chat:a", 42, 43);

        _client.Offsets().ShouldBe([41, 42, 43]);
        _client.Sent(next).ShouldBeEmpty();
        _client.Take<ClientEffect.SessionLost>().ShouldBeEmpty();
    }

    [Fact]
    public void What_a_lost_session_no_longer_has_is_subscribed_again_with_its_position()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:40");
        _client.Message(link, "chat:a", 41);
        _client.Lose(link);
        _client.Advance(TimeSpan.FromSeconds(1));

        var next = _client.Welcome(session: "token-2");

        _client.Take<ClientEffect.SessionLost>().ShouldHaveSingleItem().Notice.ShouldBe(new SessionLostNotice("token-1", "token-2"));
        var subscribe = _client.SentOne(next, "subscribe");
        subscribe.GetProperty("from").GetString().ShouldBe("e:41");
        _client.Receive(next, $$"""{"type":"reply","id":{{MachineDriver.Id(subscribe)}},"position":"e:41","head":"e:42","recovered":true}""");
        _client.Message(next, "chat:a", 42);
        _client.Offsets().ShouldBe([41, 42]);
    }

    [Fact]
    public void A_message_of_a_subscription_before_this_one_is_ignored()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:40");
        _client.Post(new ClientInput.Ask(new Request(RequestKind.Unsubscribe, "chat:a", false, (id, _) => Realtime.Client.Protocol.FrameWriter.Unsubscribe(id, "chat:a"))));
        _client.Post(new ClientInput.Subscribe("chat:a", new SubscribeOptions()));
        var sent = _client.Sent(link);
        sent.Select(frame => frame.GetProperty("type").GetString()).ShouldBe(["unsubscribe", "subscribe"]);

        _client.Message(link, "chat:a", 41);
        _client.Receive(link, $$"""{"type":"reply","id":{{MachineDriver.Id(sent[0])}}}""");
        _client.Receive(link, $$"""{"type":"reply","id":{{MachineDriver.Id(sent[1])}},"position":"e:43","head":"e:43"}""");
        _client.Message(link, "chat:a", 44);

        _client.Offsets().ShouldBe([44]);
    }

    [Fact]
    public void A_stored_memory_resumes_the_session_from_its_positions()
    {
        var client = new MachineDriver(new ClientMemory
        {
            Session = "token-9",
            Producer = "p-9",
            NextSequence = 12,
            Positions = ImmutableDictionary<string, string>.Empty.Add("chat:a", "e:5"),
        });
        client.Post(new ClientInput.Connect());
        var link = client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link;
        client.Post(new ClientInput.LinkOpened(link));

        var hello = client.SentOne(link, "hello");
        hello.GetProperty("session").GetString().ShouldBe("token-9");
        hello.GetProperty("producer").GetString().ShouldBe("p-9");
        hello.GetProperty("positions").GetProperty("chat:a").GetString().ShouldBe("e:5");
        client.Receive(link, MachineDriver.WelcomeFrame(MachineDriver.Id(hello), """[{"channel":"chat:a","position":"e:5","head":"e:6"}]""", true, "token-9"));
        client.Message(link, "chat:a", 6);
        client.Take<ClientEffect.Adopt>().ShouldHaveSingleItem().Channel.ShouldBe("chat:a");
        client.Offsets().ShouldBe([6]);
        client.Publish("chat:a", 1);
        client.SentOne(link, "publish").GetProperty("seq").GetInt64().ShouldBe(12);
    }
}
