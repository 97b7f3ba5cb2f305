using Realtime.Client;
using Realtime.Client.Core;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>Where the client goes when an address gives no answer. The JavaScript client has the same tests.</summary>
public sealed class AddressTests
{
    private const string Own = "http://node.test/";
    private const string Others = """["ws://n1.test/v1/connect","ws://n2.test/v1/connect"]""";
    private readonly MachineDriver _client = new() { Roll = 0.25 };

    [Fact]
    public void While_the_configured_address_gives_no_answer_the_addresses_of_the_last_welcome_take_turns_with_it()
    {
        _client.Lose(Connect(Others));

        Attempts(5).ShouldBe([Own, "ws://n1.test/v1/connect", Own, "ws://n2.test/v1/connect", Own]);
    }

    [Fact]
    public void Each_client_begins_with_another_of_the_others()
    {
        _client.Roll = 0.75;
        _client.Lose(Connect(Others));

        Attempts(4).ShouldBe([Own, "ws://n2.test/v1/connect", Own, "ws://n1.test/v1/connect"]);
    }

    [Fact]
    public void The_attempts_keep_the_pace_of_one_address_and_never_go_out_together()
    {
        _client.Roll = 0.5;
        _client.Lose(Connect(Others));
        var waits = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            waits.Add(_client.Due!.Value.TotalSeconds);
            _client.Advance(_client.Due!.Value);
            _client.Lose(_client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link);
        }

        waits.ShouldBe([1, 0.5, 1, 2, 4]);
    }

    [Fact]
    public void Another_node_welcomes_the_session_and_after_the_next_loss_the_configured_address_comes_first_again()
    {
        _client.Lose(Connect(Others));
        Attempts(1);
        _client.Advance(_client.Due!.Value);
        var open = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem();
        open.Url.AbsoluteUri.ShouldBe("ws://n1.test/v1/connect");

        _client.Lose(Welcome(open.Link, """["http://node.test","ws://n3.test/v1/connect"]"""));

        // What the node named, what was heard before, and the one that was lost behind what it named itself.
        Attempts(6).ShouldBe([Own, "ws://n3.test/v1/connect", Own, "ws://n1.test/v1/connect", Own, "ws://n2.test/v1/connect"]);
    }

    [Fact]
    public void The_address_of_a_move_is_known_from_the_notice_on()
    {
        var link = Connect("[]");
        _client.Receive(link, """{"type":"move","url":"ws://n5.test","ticket":"once","after":0,"within":60000,"reason":"drain"}""");

        _client.Lose(link);

        Attempts(2).ShouldBe([Own, "ws://n5.test/"]);
    }

    [Fact]
    public void When_both_connections_of_a_move_are_lost_the_client_goes_back_to_its_own_address_at_once()
    {
        var link = Connect(Others);
        _client.Receive(link, """{"type":"move","url":"ws://n5.test","ticket":"once","after":0,"within":0,"reason":"drain"}""");
        _client.Advance(TimeSpan.Zero);
        var next = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem();
        next.Straight.ShouldBeTrue();
        _client.Lose(link);
        _client.State.ShouldBe(ClientState.Connected);

        _client.Lose(next.Link);
        _client.State.ShouldBe(ClientState.Waiting);

        _client.Due.ShouldBe(TimeSpan.Zero);
        Attempts(3).ShouldBe([Own, "ws://n5.test/", Own]);
    }

    [Fact]
    public void At_most_eight_addresses_are_kept_the_newest()
    {
        _client.Roll = 0;
        _client.Lose(Connect(Many(0)));
        _client.Advance(_client.Due!.Value);
        var open = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem();

        _client.Lose(Welcome(open.Link, Many(100)));

        _client.Roll = 0.01;
        Attempts(34).Where(url => url != Own).Distinct().ShouldBe(Enumerable.Range(100, 8).Select(i => $"ws://n{i}.test/v1/connect"));
    }

    [Fact]
    public void What_is_no_address_or_one_without_TLS_for_a_client_that_has_it_is_passed_over()
    {
        var client = new MachineDriver(url: "https://node.test") { Roll = 0 };
        client.Post(new ClientInput.Connect());
        var link = client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link;
        Welcome(client, link, """["ws://plain.test","http://plain.test","javascript:alert(1)","ftp://x.test","http://[",7,null,"https://n1.test"]""");

        client.Lose(link);

        Attempts(client, 6).Distinct().ShouldBe(["https://node.test/", "https://n1.test/"]);
    }

    [Theory]
    [InlineData("\"ws://n1.test\"")]
    [InlineData("{}")]
    [InlineData("null")]
    public void Others_that_are_no_list_say_nothing(string others)
    {
        _client.Lose(Connect(others));

        Attempts(3).ShouldBe([Own, Own, Own]);
    }

    [Theory]
    [InlineData("ws://n1.test")]
    [InlineData("ftp://n1.test")]
    [InlineData("http://[")]
    public void A_move_to_where_the_client_does_not_follow_is_told_and_leaves_the_connection_alone(string url)
    {
        var client = new MachineDriver(url: "https://node.test");
        var link = client.Connect();

        client.Receive(link, $$"""{"type":"move","url":"{{url}}","ticket":"once","after":0,"within":0,"reason":"drain"}""");
        client.Advance(TimeSpan.FromSeconds(5));

        client.Take<ClientEffect.OpenLink>().ShouldBeEmpty();
        client.Take<ClientEffect.Complained>().ShouldHaveSingleItem();
        client.State.ShouldBe(ClientState.Connected);
    }

    [Fact]
    public void A_refusal_is_an_answer_and_the_client_comes_back_to_where_it_was_given()
    {
        _client.Lose(Connect(Others));
        _client.Advance(_client.Due!.Value);
        var refused = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link;
        _client.Post(new ClientInput.LinkOpened(refused));
        var id = MachineDriver.Id(_client.SentOne(refused, "hello"));

        _client.Receive(refused, $$"""{"type":"error","id":{{id}},"code":"unavailable","message":"","outcome":"none"}""");

        Attempts(1).ShouldBe([Own]);
    }

    [Theory]
    [InlineData(4000, "restart", true)]
    [InlineData(4100, "drain", true)]
    [InlineData(1013, "overloaded", false)]
    public void A_node_that_stops_or_is_drained_is_left_for_another_one(int code, string reason, bool leaves)
    {
        var link = Connect(Others);

        _client.Receive(link, $$$"""{"type":"goodbye","code":{{{code}}},"reason":"{{{reason}}}","reconnect":{"after":0,"within":100}}""");

        Attempts(2).ShouldBe(leaves ? ["ws://n1.test/v1/connect", Own] : [Own, "ws://n1.test/v1/connect"]);
    }

    [Fact]
    public void A_node_that_closes_for_being_drained_is_left_for_another_one_and_come_back_to_where_there_is_none()
    {
        _client.Lose(Connect(Others), 4100);
        Attempts(1).ShouldBe(["ws://n1.test/v1/connect"]);

        var lone = new MachineDriver();
        lone.Lose(lone.Connect(), 4100);
        Attempts(lone, 2).ShouldBe([Own, Own]);
    }

    [Fact]
    public void A_place_that_the_gateway_names_and_that_does_not_work_costs_no_pause_and_no_longer_ones_later()
    {
        _client.Roll = 0.5;
        _client.Post(new ClientInput.Connect());
        var waits = new List<double>();
        var straight = new List<bool>();
        for (var i = 0; i < 4; i++)
        {
            var open = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem();
            straight.Add(open.Straight);
            if (!open.Straight)
            {
                _client.Post(new ClientInput.Steered(open.Link, new Uri("ws://n2.test/v1/connect")));
            }

            _client.Lose(open.Link);
            waits.Add(_client.Due!.Value.TotalSeconds);
            _client.Advance(_client.Due!.Value);
        }

        waits.ShouldBe([0, 0.5, 0, 0.5]);
        straight.ShouldBe([false, true, false, true]);
    }

    [Fact]
    public void A_gateway_that_names_the_own_address_has_sent_the_client_nowhere()
    {
        _client.Post(new ClientInput.Connect());
        var open = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem();
        _client.Post(new ClientInput.Steered(open.Link, new Uri("ws://node.test/v1/connect")));

        _client.Lose(open.Link);

        _client.Due.ShouldBe(TimeSpan.FromSeconds(0.25));
    }

    [Fact]
    public void A_gateway_that_says_later_has_sent_the_client_nowhere_and_no_address_has_failed()
    {
        _client.Lose(Connect(Others));
        _client.Advance(_client.Due!.Value);
        var open = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem();
        _client.Post(new ClientInput.Steered(open.Link, null));
        _client.Lose(open.Link, retryAfter: TimeSpan.FromSeconds(3));
        _client.Due.ShouldBe(TimeSpan.FromSeconds(3));

        _client.Advance(_client.Due!.Value);

        var next = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem();
        (next.Url.AbsoluteUri, next.Straight).ShouldBe((Own, false));
    }

    [Fact]
    public void While_the_gateway_names_a_dead_node_every_second_attempt_goes_past_it_to_another_address()
    {
        _client.Lose(Connect(Others));
        var places = new List<(string, bool)>();
        for (var i = 0; i < 5; i++)
        {
            _client.Advance(_client.Due!.Value);
            var open = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem();
            places.Add((open.Url.AbsoluteUri, open.Straight));
            if (!open.Straight)
            {
                _client.Post(new ClientInput.Steered(open.Link, new Uri("ws://dead.test/v1/connect")));
            }

            _client.Lose(open.Link);
        }

        places.ShouldBe([(Own, false), (Own, true), ("ws://n1.test/v1/connect", true), (Own, false), (Own, true)]);
    }

    private static string Many(int first) => $"[{string.Join(',', Enumerable.Range(first, 9).Select(i => $"\"ws://n{i}.test/v1/connect\""))}]";

    private int Connect(string others)
    {
        _client.Post(new ClientInput.Connect());
        return Welcome(_client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link, others);
    }

    private int Welcome(int link, string others) => Welcome(_client, link, others);

    private static int Welcome(MachineDriver client, int link, string others)
    {
        client.Post(new ClientInput.LinkOpened(link));
        client.Receive(link, MachineDriver.WelcomeFrame(MachineDriver.Id(client.SentOne(link, "hello")), resumed: true, others: others));
        return link;
    }

    /// <summary>Where the next attempts go, none of which is answered.</summary>
    private List<string> Attempts(int count) => Attempts(_client, count);

    private static List<string> Attempts(MachineDriver client, int count)
    {
        var places = new List<string>();
        for (var i = 0; i < count; i++)
        {
            client.Advance(client.Due!.Value);
            var open = client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem();
            places.Add(open.Url.AbsoluteUri);
            client.Lose(open.Link);
        }

        return places;
    }
}
