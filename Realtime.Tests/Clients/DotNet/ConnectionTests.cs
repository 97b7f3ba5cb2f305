using Realtime.Client;
using Realtime.Client.Core;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>Liveness, pacing, goodbyes and moves.</summary>
public sealed class ConnectionTests
{
    private readonly MachineDriver _client = new();

    [Fact]
    public void A_ping_is_answered_at_once()
    {
        var link = _client.Connect();

        _client.Receive(link, """{"type":"ping"}""");

        _client.Take<ClientEffect.Pong>().ShouldHaveSingleItem().Link.ShouldBe(link);
    }

    [Fact]
    public void Silence_is_a_dead_connection()
    {
        var link = _client.Connect();
        _client.Advance(TimeSpan.FromSeconds(30));
        _client.Receive(link, """{"type":"ping"}""");
        _client.Advance(TimeSpan.FromSeconds(34));
        _client.State.ShouldBe(ClientState.Connected);

        _client.Advance(TimeSpan.FromSeconds(1));

        _client.State.ShouldBe(ClientState.Waiting);
        _client.Take<ClientEffect.CloseLink>().ShouldHaveSingleItem().Link.ShouldBe(link);
    }

    [Fact]
    public void An_unannounced_loss_waits_within_the_crash_window_and_then_longer_each_time()
    {
        var link = _client.Connect();
        _client.Advance(TimeSpan.FromSeconds(30));
        _client.Lose(link);
        var waits = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            waits.Add(_client.Due!.Value.TotalSeconds);
            _client.Advance(_client.Due!.Value);
            _client.Lose(_client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link);
        }

        waits.ShouldBe([1, 0.5, 1, 2, 4, 8, 16, 30, 30]);
    }

    [Fact]
    public void Half_a_minute_of_health_starts_the_pacing_anew()
    {
        var link = _client.Connect();
        _client.Lose(link);
        _client.Advance(TimeSpan.FromSeconds(1));
        var second = _client.Welcome(resumed: true);
        _client.Advance(TimeSpan.FromSeconds(29));
        _client.Lose(second);
        _client.Due.ShouldBe(TimeSpan.FromSeconds(0.5));

        _client.Advance(TimeSpan.FromSeconds(0.5));
        var third = _client.Welcome(resumed: true);
        _client.Advance(TimeSpan.FromSeconds(30));
        _client.Lose(third);

        _client.Due.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_server_that_names_a_time_to_come_back_is_obeyed()
    {
        _client.Post(new ClientInput.Connect());

        _client.Lose(_client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link, retryAfter: TimeSpan.FromSeconds(7));

        _client.Due.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public void A_link_that_never_says_welcome_is_given_up()
    {
        _client.Post(new ClientInput.Connect());
        var link = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link;
        _client.Advance(TimeSpan.FromSeconds(9));
        _client.Post(new ClientInput.LinkOpened(link));

        _client.Advance(TimeSpan.FromSeconds(9));
        _client.State.ShouldBe(ClientState.Connecting);
        _client.Advance(TimeSpan.FromSeconds(1));

        _client.Take<ClientEffect.CloseLink>().ShouldHaveSingleItem().Link.ShouldBe(link);
    }

    [Fact]
    public void A_goodbye_with_a_window_comes_back_within_it()
    {
        var link = _client.Connect();

        _client.Receive(link, """{"type":"goodbye","code":4001,"reason":"drain","reconnect":{"after":1000,"within":4000}}""");

        _client.Due.ShouldBe(TimeSpan.FromSeconds(3));
        _client.Take<ClientEffect.GoodbyeSaid>().ShouldHaveSingleItem().Notice.ShouldBe(new GoodbyeNotice(4001, "drain", false));
        _client.Take<ClientEffect.CloseLink>().ShouldHaveSingleItem().Link.ShouldBe(link);
        _client.Lose(link, 4001);
        _client.Due.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void A_takeover_by_another_client_is_final()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:0");

        _client.Receive(link, """{"type":"goodbye","code":4201,"reason":"superseded","reconnect":false}""");

        _client.State.ShouldBe(ClientState.Closed);
        _client.Due.ShouldBeNull();
        _client.Take<ClientEffect.End>().ShouldHaveSingleItem().Fault!.Code.ShouldBe("superseded");
        _client.Publish("chat:a", 1);
        _client.Take<ClientEffect.Refuse>().ShouldHaveSingleItem().Fault.Code.ShouldBe("superseded");
    }

    [Theory]
    [InlineData(4002, 1.0)]
    [InlineData(1013, 1.0)]
    [InlineData(null, 1.0)]
    [InlineData(4105, 0.0)]
    public void A_close_code_alone_says_when_to_come_back(int? code, double seconds)
    {
        var link = _client.Connect();

        _client.Lose(link, code);

        _client.Due.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void A_final_close_code_ends_the_client()
    {
        var link = _client.Connect();

        _client.Lose(link, 4200);

        _client.State.ShouldBe(ClientState.Closed);
    }

    [Fact]
    public void A_move_opens_the_new_connection_first_and_repeats_what_is_unanswered_there()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:1");
        _client.Publish("chat:a", 1);
        var unnumbered = _client.Publish("chat:a", 2, exactlyOnce: false);
        _client.Sent(link);

        _client.Receive(link, """{"type":"move","url":"http://other.test:81","ticket":"t k","after":1000,"within":2000,"reason":"rebalance"}""");
        _client.Due.ShouldBe(TimeSpan.FromSeconds(2));
        _client.Advance(TimeSpan.FromSeconds(2));
        var open = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem();
        open.Url.AbsoluteUri.ShouldBe("http://other.test:81/?ticket=t%20k");
        _client.Message(link, "chat:a", 2);
        var next = _client.Welcome(open.Link, """[{"channel":"chat:a","position":"e:2","head":"e:3"}]""", resumed: true, "token-1");
        _client.Message(link, "chat:a", 3);
        _client.Message(next, "chat:a", 3);

        _client.Offsets().ShouldBe([2, 3]);
        _client.State.ShouldBe(ClientState.Connected);
        MachineDriver.Seqs(_client.Sent(next)).ShouldBe([1]);
        _client.Take<ClientEffect.Refuse>().ShouldBeEmpty();
        _client.Receive(link, $$"""{"type":"reply","id":{{unnumbered.Id}},"position":"e:4"}""");
        _client.Take<ClientEffect.Answer>().ShouldHaveSingleItem().Request.ShouldBe(unnumbered);
        _client.Receive(link, """{"type":"goodbye","code":4201,"reason":"superseded","reconnect":false}""");
        _client.State.ShouldBe(ClientState.Connected);
        _client.Take<ClientEffect.GoodbyeSaid>().ShouldBeEmpty();
    }

    [Fact]
    public void The_goodbye_of_a_move_may_come_before_the_new_welcome_and_is_no_break()
    {
        var link = _client.Connect();
        _client.Receive(link, """{"type":"move","url":"http://other.test","ticket":"t","after":0,"within":0,"reason":"drain"}""");
        _client.Advance(TimeSpan.Zero);
        var next = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link;
        _client.Post(new ClientInput.LinkOpened(next));
        var hello = _client.SentOne(next, "hello");

        _client.Receive(link, """{"type":"goodbye","code":4201,"reason":"superseded","reconnect":false}""");
        _client.State.ShouldBe(ClientState.Connected);
        _client.Take<ClientEffect.StateChanged>().Select(changed => changed.State).ShouldBe([ClientState.Connecting, ClientState.Connected]);
        _client.Receive(next, MachineDriver.WelcomeFrame(MachineDriver.Id(hello), resumed: true));

        _client.State.ShouldBe(ClientState.Connected);
        _client.Take<ClientEffect.StateChanged>().ShouldBeEmpty();
    }

    [Fact]
    public void A_move_that_fails_leaves_the_old_connection_alone()
    {
        var link = _client.Connect();
        _client.Receive(link, """{"type":"move","url":"http://other.test","ticket":"t","after":0,"within":0,"reason":"drain"}""");
        for (var i = 0; i < 3; i++)
        {
            _client.Advance(TimeSpan.FromSeconds(5));
            _client.Lose(_client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link);
            _client.State.ShouldBe(ClientState.Connected);
        }

        _client.Advance(TimeSpan.FromSeconds(5));
        _client.Take<ClientEffect.OpenLink>().ShouldBeEmpty();
        _client.Take<ClientEffect.CloseLink>().ShouldBeEmpty();
    }

    [Fact]
    public void An_expired_token_is_fetched_anew_at_once_and_a_second_one_in_a_row_waits()
    {
        var client = new MachineDriver(tokenProvider: true);
        client.Post(new ClientInput.Connect());
        client.Take<ClientEffect.FetchToken>().ShouldHaveSingleItem();
        client.Post(new ClientInput.TokenFetched("old"));
        RefuseToken(client).ShouldBe("old");

        client.Due.ShouldBe(TimeSpan.Zero);
        client.Advance(TimeSpan.Zero);
        client.Take<ClientEffect.FetchToken>().ShouldHaveSingleItem();
        client.Post(new ClientInput.TokenFetched("new"));
        RefuseToken(client).ShouldBe("new");

        client.Due.ShouldBe(TimeSpan.FromSeconds(0.5));
        client.State.ShouldBe(ClientState.Waiting);
    }

    [Fact]
    public void A_token_is_renewed_a_minute_before_its_end_and_once()
    {
        var client = new MachineDriver(tokenProvider: true);
        client.ConnectFor(TimeSpan.FromHours(1));

        client.Advance(TimeSpan.FromMinutes(59) - TimeSpan.FromTicks(1));
        client.Take<ClientEffect.RenewToken>().ShouldBeEmpty();
        client.Advance(TimeSpan.FromTicks(1));
        client.Take<ClientEffect.RenewToken>().ShouldHaveSingleItem();
        client.Advance(TimeSpan.FromMinutes(1));
        client.Take<ClientEffect.RenewToken>().ShouldBeEmpty("the end of the token comes all the same where this failed");
        client.State.ShouldBe(ClientState.Connected);
    }

    [Fact]
    public void A_short_token_is_renewed_when_a_tenth_of_its_time_is_left_and_one_that_nobody_can_renew_is_not()
    {
        var client = new MachineDriver(tokenProvider: true);
        client.ConnectFor(TimeSpan.FromSeconds(100));
        client.Advance(TimeSpan.FromSeconds(90));
        client.Take<ClientEffect.RenewToken>().ShouldHaveSingleItem();

        var fixedToken = new MachineDriver(token: "only");
        var link = fixedToken.Connect();
        fixedToken.Machine.AttachedLink.ShouldBe(link);
        fixedToken.Advance(TimeSpan.FromHours(1));
        fixedToken.Take<ClientEffect.RenewToken>().ShouldBeEmpty();
    }

    [Fact]
    public void An_expired_token_nobody_can_renew_is_final()
    {
        var client = new MachineDriver(token: "old");
        client.Post(new ClientInput.Connect());

        RefuseToken(client).ShouldBe("old");

        client.State.ShouldBe(ClientState.Closed);
    }

    [Fact]
    public void Something_that_is_no_frame_of_the_protocol_drops_the_link()
    {
        var link = _client.Connect();

        _client.Post(new ClientInput.Garbled(link));

        _client.Take<ClientEffect.CloseLink>().ShouldHaveSingleItem().Code.ShouldBe(1002);
        _client.State.ShouldBe(ClientState.Waiting);
    }

    [Fact]
    public void Bye_ends_the_session_and_waits_for_the_answer()
    {
        var link = _client.Connect();
        _client.Post(new ClientInput.Bye());
        var id = MachineDriver.Id(_client.SentOne(link, "bye"));
        _client.State.ShouldBe(ClientState.Connected);

        _client.Receive(link, $$"""{"type":"reply","id":{{id}}}""");

        _client.State.ShouldBe(ClientState.Closed);
        _client.Machine.Session.ShouldBeNull();
    }

    [Fact]
    public void Bye_gives_a_move_up_that_has_not_said_hello()
    {
        var (link, next) = Moving();

        _client.Post(new ClientInput.Bye());

        _client.Take<ClientEffect.CloseLink>().ShouldHaveSingleItem().Link.ShouldBe(next);
        _client.SentOne(link, "bye");
        _client.Post(new ClientInput.LinkOpened(next));
        _client.Sent(next).ShouldBeEmpty();
        _client.Receive(link, Move);
        _client.Advance(TimeSpan.FromSeconds(1));
        _client.Take<ClientEffect.OpenLink>().ShouldBeEmpty();
    }

    [Fact]
    public void Bye_follows_a_move_whose_hello_is_out()
    {
        // The other way round the hello could be handled last: it would find its session ended, and open another one that nobody ends.
        var (link, next) = Moving();
        _client.Post(new ClientInput.LinkOpened(next));
        var hello = _client.SentOne(next, "hello");

        _client.Post(new ClientInput.Bye());
        _client.Sent(link).ShouldBeEmpty();
        _client.Receive(next, MachineDriver.WelcomeFrame(MachineDriver.Id(hello), resumed: true));

        var id = MachineDriver.Id(_client.SentOne(next, "bye"));
        _client.Receive(next, $$"""{"type":"reply","id":{{id}}}""");
        _client.State.ShouldBe(ClientState.Closed);
        _client.Take<ClientEffect.SessionLost>().ShouldBeEmpty();
    }

    [Fact]
    public void Bye_goes_over_the_old_link_when_the_hello_of_a_move_is_not_answered()
    {
        var (link, next) = Moving();
        _client.Post(new ClientInput.LinkOpened(next));
        _client.Sent(next);

        _client.Post(new ClientInput.Bye());
        _client.Lose(next);

        _client.SentOne(link, "bye");
        _client.Take<ClientEffect.OpenLink>().ShouldBeEmpty();
    }

    [Fact]
    public void A_disconnect_keeps_the_session_for_the_next_connect()
    {
        var link = _client.Connect();
        _client.Subscribe(link, "chat:a", "e:4");
        _client.Post(new ClientInput.Disconnect());
        _client.State.ShouldBe(ClientState.Disconnected);
        _client.Due.ShouldBeNull();

        _client.Post(new ClientInput.Connect());
        var next = _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link;
        _client.Post(new ClientInput.LinkOpened(next));

        var hello = _client.SentOne(next, "hello");
        hello.GetProperty("session").GetString().ShouldBe("token-1");
        hello.GetProperty("positions").GetProperty("chat:a").GetString().ShouldBe("e:4");
    }

    private const string Move = """{"type":"move","url":"http://other.test","ticket":"t","after":0,"within":0,"reason":"drain"}""";

    /// <summary>The attached link, and the one that a move has begun to open.</summary>
    private (int Link, int Next) Moving()
    {
        var link = _client.Connect();
        _client.Receive(link, Move);
        _client.Advance(TimeSpan.FromMilliseconds(1));
        return (link, _client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link);
    }

    private static string? RefuseToken(MachineDriver client)
    {
        var link = client.Take<ClientEffect.OpenLink>().ShouldHaveSingleItem().Link;
        client.Post(new ClientInput.LinkOpened(link));
        var hello = client.SentOne(link, "hello");
        client.Receive(link, $$"""{"type":"error","id":{{MachineDriver.Id(hello)}},"code":"token_expired","message":"","outcome":"none"}""");
        return hello.GetProperty("token").GetString();
    }
}
